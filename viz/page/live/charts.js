// Charts of a run, all in one widget: data come as messages, and only charts in sight are drawn.
// Plotly itself is a file of the server's, asked for once (assets/custom.js).

const CONFIG = { displayModeBar: false, responsive: true };

function look(style, chart, span, top) {
  const { dark, ...layout } = style;
  const merged = JSON.parse(JSON.stringify(layout));
  const day = 86400;
  merged.margin = { l: 36, r: 8, t: 4, b: 22 };
  merged.height = 122;
  merged.showlegend = false;
  merged.hovermode = 'x unified';
  merged.xaxis = { ...merged.xaxis, range: span, tickvals: [], ticktext: [], fixedrange: true, showgrid: false, showline: false };
  const step = [900, 1800, 3600, 7200, 10800, 21600, 43200, day, 2 * day, 7 * day, 28 * day].find((s) => (span[1] - span[0]) / s <= 5) || 84 * day;
  for (let t = Math.ceil(span[0] / step) * step; t <= span[1]; t += step) {
    merged.xaxis.tickvals.push(t);
    merged.xaxis.ticktext.push(step >= day ? `day ${1 + Math.round(t / day)}` : clock(t));
  }
  merged.yaxis = { ...merged.yaxis, range: [0, Math.max(chart.least_top, 1.06 * top)], fixedrange: true, nticks: 5, showline: false };
  merged.shapes = chart.targets.map((t) => ({
    type: 'line', xref: 'paper', x0: 0, x1: 1, y0: t, y1: t, line: { width: 1, dash: 'dot', color: merged.font.color },
  }));
  return merged;
}

function highest(lines, chart, data) {
  const rows = lines.map((line) => data[line.key] || []);
  const sums = data.time_s.map((_, k) => rows.reduce((sum, row) => (chart.stacked ? sum + (row[k] || 0) : Math.max(sum, row[k] || 0)), 0));
  return Math.max(...sums, ...chart.targets);
}

function clock(time_s) {
  const t = Math.round(time_s), pad = (n) => String(n).padStart(2, '0');
  return `${pad(Math.floor(t / 3600) % 24)}:${pad(Math.floor(t / 60) % 60)}`;
}

function colour(line, k, style) {
  return line.colour ? line.colour[style.dark ? 'dark' : 'light'] : style.colorway[k % style.colorway.length];
}

function traces(lines, stacked, data, style) {
  return lines.map((line, k) => {
    const own = colour(line, k, style);
    const drawn = stacked ? { stackgroup: 'all', fillcolor: own, line: { width: 0, color: own, shape: 'hv' } } : { line: { width: 1.8, color: own } };
    return { type: 'scatter', mode: 'lines', name: line.label, x: data.time_s, y: data[line.key] || [], hovertemplate: '%{y:,.4~r}', ...drawn };
  });
}

function card(chart, style, changed) {
  const box = document.createElement('figure');
  box.className = 'p-chart';
  box.dataset.chart = chart.id;
  const heading = document.createElement('figcaption');
  const title = document.createElement('b');
  title.textContent = chart.title;
  const unit = document.createElement('span');
  unit.textContent = chart.unit;
  heading.append(title, unit);
  const plot = document.createElement('div');
  plot.className = 'p-plot';
  const made = { chart, box, plot, lines: chart.lines };
  let words = key(chart, chart.lines, style);
  box.append(heading, plot, words);
  if (chart.variants.length) {
    const pick = document.createElement('select');
    pick.setAttribute('aria-label', `${chart.title}: which`);
    chart.variants.forEach((v, k) => pick.append(new Option(v.label, k)));
    pick.onchange = () => {
      made.lines = chart.variants[pick.value].lines;
      const next = key(chart, made.lines, style);
      words.replaceWith(next);
      words = next;
      changed();
    };
    title.after(pick);
  }
  return made;
}

function key(chart, lines, style) {
  const list = document.createElement('div');
  list.className = 'p-key';
  if (lines.length < 2 && !chart.targets.length) return list;
  lines.forEach((line, k) => {
    const one = document.createElement('span'), dot = document.createElement('i');
    one.dataset.line = line.key;
    dot.style.background = colour(line, k, style);
    one.append(dot, line.label);
    list.append(one);
  });
  if (chart.targets.length) {
    const one = document.createElement('span');
    one.className = 'p-key-target';
    one.append(chart.target_text);
    list.append(one);
  }
  return list;
}

function tools(model) {
  const bar = document.createElement('div');
  bar.className = 'p-chart-tools';
  const windows = document.createElement('div');
  windows.className = 'p-modes';
  windows.setAttribute('role', 'radiogroup');
  windows.setAttribute('aria-label', 'How much is shown');
  for (const [hours, text] of [[6, '6 h'], [24, '24 h'], [0, 'all']]) {
    const button = document.createElement('button');
    button.textContent = text;
    button.setAttribute('role', 'radio');
    const mark = () => { const on = model.get('hours') === hours; button.classList.toggle('on', on); button.setAttribute('aria-checked', on); };
    button.onclick = () => { model.set('hours', hours); model.save_changes(); };
    model.on('change:hours', mark);
    mark();
    windows.append(button);
  }
  const save = document.createElement('button');
  save.className = 'c-button c-quiet p-download';
  save.textContent = 'Download data (CSV)';
  save.onclick = () => model.send({ want: 'csv' });
  bar.append(windows, save);
  return bar;
}

function download(text, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function render({ model, el }) {
  el.classList.add('p-charts');
  let data = { time_s: [] }, cards = [], gone = false;
  const seen = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) seen.add(target);
      else seen.delete(target);
    }
    draw();
  });
  const style = () => {
    const dark = document.documentElement.dataset.dark === 'true';
    return { dark, ...model.get('styles')[dark ? 'dark' : 'light'] };
  };

  async function draw() {
    if (!data.time_s.length || document.hidden) return;
    const plotly = await window.corridorPlotly().catch(() => null);
    if (!plotly || gone) return;
    const span = [data.time_s[0], Math.max(data.time_s[data.time_s.length - 1], data.time_s[0] + 1800)];
    for (const { box, plot, chart, lines } of cards) {
      if (!seen.has(box)) continue;
      box.querySelectorAll('.p-key > span[data-line]').forEach((one) => { one.hidden = chart.stacked && !(data[one.dataset.line] || []).some((v) => v); });
      plotly.react(plot, traces(lines, chart.stacked, data, style()), look(style(), chart, span, highest(lines, chart, data)), CONFIG);
    }
  }
  function build() {
    clear();
    cards = model.get('charts').map((chart) => card(chart, style(), ask));
    cards.forEach(({ box }) => { el.append(box); watcher.observe(box); });
    draw();
  }
  function ask() { // of what a chart's variant shows, the server sends what is asked for
    model.set('wanted', cards.flatMap((one) => one.lines.map((line) => line.key)));
    model.save_changes();
  }
  function clear() {
    watcher.disconnect();
    seen.clear();
    for (const { box, plot } of cards) { if (window.Plotly) window.Plotly.purge(plot); box.remove(); }
    cards = [];
  }
  function hear(message) {
    if (message.csv !== undefined) download(message.csv, message.name);
    else { data = message; draw(); }
  }
  const look_watch = new MutationObserver(build);
  look_watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-dark'] });
  el.append(tools(model));
  model.on('msg:custom', hear);
  model.on('change:charts', build);
  document.addEventListener('visibilitychange', draw);
  build();
  // While the page is idle, so that the first chart does not hold up a run that has just begun.
  (window.requestIdleCallback || setTimeout)(() => window.corridorPlotly().catch(() => null));
  model.send({ want: 'data' });
  return () => {
    gone = true;
    look_watch.disconnect();
    clear();
    document.removeEventListener('visibilitychange', draw);
    model.off('msg:custom', hear);
    model.off('change:charts', build);
  };
}

export default { render };
