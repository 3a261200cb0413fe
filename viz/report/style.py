"""How a report looks, on a wide screen, on a phone and on paper."""

from viz.pictures.style import BLUE, FAINT_INK, GRID, INK, PAPER

BETTER_INK, WORSE_INK = "#00664B", "#A63A00"
"""Darker than the colours of pictures, so that figures can be read."""

STYLE = f"""
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; }}
body {{
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem; background: {PAPER}; color: {INK};
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
}}
h1 {{ margin: 0; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }}
h2 {{ margin: 2.6rem 0 .6rem; font-size: 1.3rem; }}
h3 {{ margin: 1.6rem 0 .4rem; font-size: 1.05rem; }}
p {{ margin: .5rem 0; max-width: 46rem; }}
.question {{ color: {FAINT_INK}; font-size: 1.1rem; }}
.answer {{ border-left: .3rem solid {BLUE}; padding-left: 1rem; margin-top: 1.4rem; }}
.note, figcaption {{ color: {FAINT_INK}; font-size: .875rem; }}
.table {{ overflow-x: auto; margin-top: .6rem; }}
table {{ border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .25rem .9rem .25rem 0; text-align: right; white-space: nowrap; }}
th:first-child {{
  text-align: left; white-space: normal; min-width: 9rem;
  position: sticky; left: 0; background: {PAPER};
}}
th {{ font-weight: 600; }}
tbody th {{ font-weight: 400; }}
thead th {{ border-bottom: 1.5px solid {INK}; vertical-align: bottom; }}
tbody tr {{ border-bottom: 1px solid {GRID}; }}
tbody th.section {{ padding-top: .9rem; font-weight: 600; }}
thead th {{ white-space: pre-line; }}
.half {{ color: {FAINT_INK}; }}
.better {{ color: {BETTER_INK}; font-weight: 600; }}
.worse {{ color: {WORSE_INK}; font-weight: 600; }}
.better::before {{ content: "✓ "; }}
.worse::before {{ content: "✗ "; }}
figure {{ margin: 1.6rem 0; }}
img {{ display: block; max-width: 100%; height: auto; }}
figcaption {{ margin-top: .4rem; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; }}
dt {{ color: {FAINT_INK}; }}
dd {{ margin: 0; overflow-wrap: anywhere; }}
pre {{ overflow-x: auto; font-size: .8125rem; line-height: 1.35; }}
@media (max-width: 40rem) {{
  body {{ padding: 1rem .8rem 3rem; font-size: 15px; }}
  h1 {{ font-size: 1.5rem; }}
  table {{ font-size: .8125rem; }}
  th, td {{ padding-right: .6rem; }}
  th:first-child {{ min-width: 5.5rem; }}
  thead th {{ font-size: .75rem; }}
  .half {{ display: block; font-size: .75rem; line-height: 1.1; }}
  dl {{ grid-template-columns: 1fr; }}
  dd {{ margin-bottom: .5rem; }}
}}
@page {{ size: A4; margin: 16mm 15mm 18mm; }}
@media print {{
  html {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  body {{ max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; }}
  h1 {{ font-size: 20pt; }}
  h2 {{ margin-top: 16pt; font-size: 13pt; }}
  h3 {{ font-size: 11pt; }}
  p {{ max-width: none; orphans: 3; widows: 3; }}
  .table {{ overflow: visible; }}
  table {{ font-size: 8.5pt; width: 100%; }}
  th, td {{ padding: 2pt 6pt 2pt 0; }}
  th:first-child {{ position: static; min-width: 0; }}
  thead {{ display: table-header-group; }}
  .wide table {{ font-size: 7pt; }}
  .wide th, .wide td {{ padding-right: 3pt; }}
  .wide .half {{ display: block; font-size: 6pt; line-height: 1.1; }}
  figure, tr, .answer, .table, dl {{ break-inside: avoid; }}
  h2, h3, .section {{ break-after: avoid; }}
  .table + .note {{ break-before: avoid; }}
  img {{ max-height: 16cm; margin: 0 auto; }}
  figure {{ margin: 10pt 0; }}
  pre, details {{ display: none; }}
}}
"""
