// Traffic lights: the colour of the major axis from cycle and clock, and greens forced for sirens.

export const LIGHT_COLUMNS = 7; // x, y, cycle, green from, green, equipped, is there
const SIGNALS_FROM = 0.045; // pixels a metre
const AXIS_NEAR_M = 40;
const AFTERGLOW_S = 0.9; // real seconds

export class Signals {
  constructor(lights) {
    this.lights = lights;
    this.count = lights.length / LIGHT_COLUMNS;
    this.greens = [];
  }

  addGreen([light, axis, from, until], vehicles) {
    const green = { light, axis, from: from / 10, until: until / 10 };
    const at = light * LIGHT_COLUMNS;
    green.x = this.lights[at];
    green.y = this.lights[at + 1];
    green.angle = comingAngle(green, vehicles);
    // One that is told again ends sooner: its ambulance turned off.
    const isSame = (old) => old.light === light && old.axis === axis && old.from === green.from;
    this.greens = this.greens.filter((old) => !isSame(old));
    if (green.until > green.from) this.greens.push(green);
  }

  forget(now) {
    if (this.greens.length && this.greens.some((green) => green.until < now)) {
      this.greens = this.greens.filter((green) => green.until >= now);
    }
  }

  active(now) {
    return this.greens.filter((green) => green.from <= now && now <= green.until);
  }

  // Whether the major axis has green, by its cycle; null if the light is off.
  isGreen(light, now) {
    const at = light * LIGHT_COLUMNS;
    const cycle = this.lights[at + 2];
    if (!cycle) return null;
    const since = (((now - this.lights[at + 3]) % cycle) + cycle) % cycle;
    return since < this.lights[at + 4];
  }

  secondsLeft(light, now) {
    const at = light * LIGHT_COLUMNS;
    const cycle = this.lights[at + 2];
    const since = (((now - this.lights[at + 3]) % cycle) + cycle) % cycle;
    const green = this.lights[at + 4];
    return since < green ? green - since : cycle - since;
  }

  isShown(scale) {
    return this.count > 0 && scale >= SIGNALS_FROM;
  }
}

// The direction in which the ambulance comes for which a light was switched; NaN if none is found.
function comingAngle(green, vehicles) {
  let best = [AXIS_NEAR_M, NaN];
  for (const vehicle of vehicles.values()) {
    for (const { path } of vehicle.legs) {
      for (let k = 3; k < path.length; k += 3) {
        if (path[k + 2] < green.from - 5 || path[k + 2] > green.until + 5) continue;
        const distance = Math.hypot(path[k] - green.x, path[k + 1] - green.y);
        if (distance >= best[0]) continue;
        best = [distance, Math.atan2(path[k - 2] - path[k + 1], path[k] - path[k - 3])];
      }
    }
  }
  return best[1];
}

export function drawSignals(ctx, world, now) {
  const { signals, camera, palette } = world;
  if (!signals.isShown(camera.scale)) return;
  const radius = Math.min(Math.max(1.1, 11 * camera.scale ** 0.75), 5);
  const share = Math.min(1, (camera.scale / 0.09) ** 2);
  const paths = { on: new Path2D(), red: new Path2D(), off: new Path2D() };
  const rims = new Path2D();
  const forced = new Map(signals.active(now).map((green) => [green.light, green.axis === 0]));
  for (let light = 0; light < signals.count; light++) {
    const at = light * LIGHT_COLUMNS;
    if (!signals.lights[at + 6] || ((light * 0.618034) % 1 > share && !forced.has(light))) continue;
    const px = camera.px(signals.lights[at]);
    const py = camera.py(signals.lights[at + 1]);
    if (!camera.sees(px, py, 8)) continue;
    const isGreen = forced.has(light) ? forced.get(light) : signals.isGreen(light, now);
    addDot(isGreen === null ? paths.off : isGreen ? paths.on : paths.red, px, py, radius);
    if (radius > 2) addDot(rims, px, py, radius + 1);
  }
  ctx.fillStyle = palette.halo;
  ctx.fill(rims);
  ctx.fillStyle = palette.off;
  ctx.fill(paths.off);
  ctx.fillStyle = palette.green;
  ctx.fill(paths.on);
  ctx.fillStyle = palette.red;
  ctx.fill(paths.red);
}

function addDot(path, px, py, radius) {
  if (radius < 1.8) {
    path.rect(px - radius, py - radius, 2 * radius, 2 * radius);
  } else {
    path.moveTo(px + radius, py);
    path.arc(px, py, radius, 0, 2 * Math.PI);
  }
}

// A glowing ring at each light that shows green to a siren, with a wedge in its direction; a thin
// one where that is planned. At sixty-fold speed a green is over in a blink, so rings fade slowly.
export function drawForcedGreens(ctx, world, now, real) {
  const { signals, camera, palette } = world;
  const size = Math.min(Math.max(5, 60 * camera.scale), 12);
  ctx.strokeStyle = ctx.fillStyle = palette.green;
  for (const green of signals.greens) {
    const [px, py] = [camera.px(green.x), camera.py(green.y)];
    if (now <= green.until) green.seenAt = real;
    const share = 1 - (real - (green.seenAt || 0)) / AFTERGLOW_S;
    if (share <= 0 || !camera.sees(px, py, 20)) continue;
    if (now < green.from) drawPlanned(ctx, px, py, size);
    else drawGlow(ctx, px, py, size, green.angle, share);
  }
  ctx.globalAlpha = 1;
}

function drawPlanned(ctx, px, py, size) {
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = 1.3;
  ctx.beginPath();
  ctx.arc(px, py, size * 0.75, 0, 2 * Math.PI);
  ctx.stroke();
}

function drawGlow(ctx, px, py, size, angle, share) {
  const ring = new Path2D();
  ring.arc(px, py, size, 0, 2 * Math.PI);
  for (const [width, opacity] of [[9, 0.22], [5, 0.35], [2, 1]]) {
    ctx.globalAlpha = opacity * share;
    ctx.lineWidth = width;
    ctx.stroke(ring);
  }
  if (Number.isNaN(angle)) return;
  const wedge = new Path2D();
  addWedge(wedge, px, py, angle, size + 1);
  ctx.fill(wedge);
}

function addWedge(path, px, py, angle, size) {
  const at = (turn, radius) => [px + Math.cos(angle + turn) * radius, py + Math.sin(angle + turn) * radius];
  path.moveTo(...at(0, size + 6));
  path.lineTo(...at(0.5, size));
  path.lineTo(...at(-0.5, size));
  path.closePath();
}
