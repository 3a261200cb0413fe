// Names beside symbols, where there is room for them.

import { callColour } from "./calls.js";
import { siteSize } from "./sites.js";

const LABEL_PX = 12;

export class Labels {
  constructor() {
    this.widths = new Map();
    this.taken = [];
    this.right = 0;
  }

  begin(width) {
    this.taken = [];
    this.right = width;
  }

  block(px, py, half) {
    this.taken.push([px - half, py - half, px + half, py + half]);
  }

  width(ctx, text) {
    const key = `${ctx.font}|${text}`;
    if (!this.widths.has(key)) this.widths.set(key, ctx.measureText(text).width);
    return this.widths.get(key);
  }

  // Write a text beside a place, to the right, left, below or above; or not at all.
  write(ctx, text, px, py, away, colour, halo) {
    const width = this.width(ctx, text);
    const places = [
      [px + away, py - 7],
      [px - away - width, py - 7],
      [px - width / 2, py + away],
      [px - width / 2, py - away - 14],
    ];
    for (const [x, y] of places) {
      const box = [x - 2, y, x + width + 2, y + 14];
      if (box[0] < 0 || box[2] > this.right) continue; // half a name is none
      if (this.taken.some((other) => overlap(box, other))) continue;
      this.taken.push(box);
      ctx.lineWidth = 3.5;
      ctx.strokeStyle = halo;
      ctx.strokeText(text, x, y + 7);
      ctx.fillStyle = colour;
      ctx.fillText(text, x, y + 7);
      return;
    }
  }
}

function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

export function drawLabels(ctx, world, now) {
  const { labels, sites, calls, palette, camera, words, layers } = world;
  labels.begin(camera.width);
  const size = siteSize(camera.scale);
  const seen = layers.sites === false ? [] : sites.all.filter((site) => camera.sees(site.px, site.py, 0));
  for (const site of seen) labels.block(site.px, site.py, size + 2);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.font = `600 ${LABEL_PX}px ${palette.font}`;
  if (layers.calls !== false) drawWaits(ctx, world, calls, now, words);
  if (layers.labels === false) return;
  ctx.font = `600 ${LABEL_PX}px ${palette.font}`;
  for (const site of seen) {
    const colour = palette.site_names[site.kind] || palette.page.ink;
    const away = size * (site.level !== null ? 1.75 : 1.2) + 4;
    labels.write(ctx, site.name, site.px, site.py, away, colour, palette.halo);
  }
}

// How long those wait who wait longest.
function drawWaits(ctx, { labels, palette, camera }, calls, now, words) {
  for (const mark of calls.marks.values()) {
    if (mark.state !== "waiting" || !camera.sees(mark.px, mark.py, 0)) continue;
    const minutes = Math.floor((now - mark.first) / 60);
    if (minutes < 1) continue;
    const text = fill(words.minutes, { n: minutes });
    labels.write(ctx, text, mark.px, mark.py, mark.size + 5, callColour(palette, mark.priority), palette.halo);
  }
}

// Put values into a text's {places}.
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
