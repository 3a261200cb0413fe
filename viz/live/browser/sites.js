// Stations, hospitals, stores and other sites: symbols, with what is in them as a ring or a gauge.

export const LETTERS = { hospital: "H", store: "S", supplier: "↑", distributor: "D", station: "" };

export class Sites {
  constructor(told) {
    this.all = told.map((site) => ({ ...site, level: null, isOpen: true, inside: 0, beside: 0 }));
    this.byId = new Map(this.all.map((site) => [site.id, site]));
  }

  hear([id, level, text, isOpen]) {
    const site = this.byId.get(id);
    if (site) Object.assign(site, { level, text, isOpen });
  }

  // The site of a kind (any, if it is empty) nearest to a place, if there is one so near.
  nearest(x, y, kind, most) {
    let best = null;
    for (const site of this.all) {
      const distance = Math.hypot(site.x - x, site.y - y);
      if ((!kind || site.kind === kind) && distance < most) [best, most] = [site, distance];
    }
    return best;
  }
}

export function siteSize(scale) {
  return Math.min(Math.max(8.5 * (scale / 0.06) ** 0.22, 6.5), 13);
}

export function drawSites(ctx, world) {
  const { sites, camera, palette } = world;
  const size = siteSize(camera.scale);
  spread(sites.all, camera, size);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const site of sites.all) {
    if (!camera.sees(site.px, site.py, 30)) continue;
    ctx.globalAlpha = site.isOpen ? 1 : 0.45;
    if (site.kind === "station") drawStation(ctx, site, size, palette);
    else drawBuilding(ctx, site, size, palette);
    ctx.globalAlpha = 1;
    if (!site.isOpen) strikeOut(ctx, site, size, palette);
  }
}

// Symbols that would cover each other stand side by side.
function spread(sites, camera, size) {
  for (const site of sites) {
    site.px = camera.px(site.x);
    site.py = camera.py(site.y);
  }
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < sites.length; i++) {
      for (let j = i + 1; j < sites.length; j++) push(sites[i], sites[j], 2.3 * size);
    }
  }
}

function push(a, b, least) {
  const [dx, dy] = [b.px - a.px, b.py - a.py];
  if (Math.abs(dx) >= least || Math.abs(dy) >= least) return;
  const distance = Math.hypot(dx, dy);
  if (distance >= least) return;
  const [ux, uy] = distance > 0.01 ? [dx / distance, dy / distance] : [1, 0];
  const by = (least - distance) / 2;
  a.px -= ux * by;
  a.py -= uy * by;
  b.px += ux * by;
  b.py += uy * by;
}

function drawStation(ctx, site, size, palette) {
  ctx.beginPath();
  ctx.arc(site.px, site.py, size, 0, 2 * Math.PI);
  ctx.lineWidth = 3;
  ctx.strokeStyle = palette.halo;
  ctx.stroke();
  ctx.fillStyle = palette.sites.station;
  ctx.fill();
  write(ctx, String(site.inside), site.px, site.py, size * 1.2, palette);
}

function drawBuilding(ctx, site, size, palette) {
  const half = size * 0.92;
  const colour = palette.sites[site.kind] || palette.calm;
  const shape = new Path2D();
  shape.roundRect(site.px - half, site.py - half, 2 * half, 2 * half, size * 0.28);
  ctx.lineWidth = 3;
  ctx.strokeStyle = palette.halo;
  ctx.stroke(shape);
  ctx.fillStyle = colour;
  ctx.fill(shape);
  write(ctx, LETTERS[site.kind] || "", site.px, site.py, size * 1.25, palette);
  if (site.level === null) return;
  if (site.kind === "hospital") drawLoad(ctx, site, half, palette);
  else drawGauge(ctx, site, half, colour, palette);
}

function ring(ctx, site, radius, colour) {
  ctx.strokeStyle = colour;
  ctx.beginPath();
  ctx.arc(site.px, site.py, radius, 0, 2 * Math.PI);
  ctx.stroke();
}

function write(ctx, text, px, py, size, palette) {
  ctx.font = `700 ${size.toFixed(1)}px ${palette.font}`;
  ctx.fillStyle = "#FFFFFF";
  ctx.fillText(text, px, py + size * 0.06);
}

// A ring round a hospital: the share of its beds or bays in use.
function drawLoad(ctx, site, half, palette) {
  const radius = half * 1.62;
  const level = Math.min(Math.max(site.level, 0), 1);
  ctx.lineWidth = 3;
  ring(ctx, site, radius + 2, palette.halo);
  ring(ctx, site, radius, palette.track);
  if (!level) return;
  ctx.strokeStyle = level > 0.9 ? palette.closed : level > 0.75 ? palette.priorities[1] : palette.green;
  ctx.beginPath();
  ctx.arc(site.px, site.py, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * level);
  ctx.stroke();
}

// A bar beside a store: its stock over what it aims at.
function drawGauge(ctx, site, half, colour, palette) {
  const [x, y, height] = [site.px + half + 3, site.py - half, 2 * half];
  const level = Math.min(Math.max(site.level, 0), 1);
  ctx.fillStyle = palette.halo;
  ctx.fillRect(x - 1, y - 1, 6, height + 2);
  ctx.fillStyle = level < 0.15 ? palette.closed : colour;
  ctx.fillRect(x, y + height * (1 - level), 4, height * level);
}

function strikeOut(ctx, site, size, palette) {
  ctx.strokeStyle = palette.closed;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  ctx.moveTo(site.px - size, site.py + size);
  ctx.lineTo(site.px + size, site.py - size);
  ctx.stroke();
}
