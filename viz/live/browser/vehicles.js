// Vehicles: where each is by its legs at a moment, and how they are drawn.

const MANY = 250; // vehicles in sight, from which on they are drawn more simply

class Vehicle {
  constructor(id) {
    this.id = id;
    this.isTruck = id.startsWith("truck");
    this.legs = [];
    this.x = this.y = this.angle = this.turned = 0;
    this.isMoving = false;
    this.slot = -1;
  }

  add(leg) {
    while (this.legs.length && this.legs[this.legs.length - 1].from > leg.from) this.legs.pop();
    this.legs.push(leg);
  }

  get leg() {
    return this.legs[0];
  }

  // Move to where it is at a moment; legs that are over are forgotten.
  moveTo(now) {
    while (this.legs.length > 1 && this.legs[1].from <= now) this.legs.shift();
    const leg = this.legs[0];
    const path = leg.path;
    const last = path.length - 3;
    let k = leg.at;
    while (k < last && path[k + 5] <= now) k += 3;
    leg.at = k;
    this.isMoving = k < last && path[k + 2] <= now;
    if (!this.isMoving) {
      this.x = path[k];
      this.y = path[k + 1];
      return;
    }
    const dx = path[k + 3] - path[k];
    const dy = path[k + 4] - path[k + 1];
    const share = (now - path[k + 2]) / (path[k + 5] - path[k + 2]);
    this.x = path[k] + dx * share;
    this.y = path[k + 1] + dy * share;
    if (dx || dy) this.angle = Math.atan2(-dy, dx);
    else this.isMoving = false;
  }

  // Turn smoothly towards where it drives, for the eye.
  turn(passed) {
    let apart = this.angle - this.turned;
    apart -= 2 * Math.PI * Math.round(apart / (2 * Math.PI));
    this.turned += apart * Math.min(1, passed * 14);
  }
}

function readLeg(told) {
  const [id, state, from, call, tenths] = told;
  const path = Float64Array.from(tenths, (value) => value / 10);
  return [id, { state, from: from / 10, call, path, at: 0 }];
}

// Outlines in units of half a vehicle's length, nose to the east.
const AMBULANCE = [[1, -0.3], [1, 0.3], [0.82, 0.5], [-0.94, 0.5], [-1, 0.42], [-1, -0.42], [-0.94, -0.5], [0.82, -0.5]];
const TRUCK = [[1, -0.44], [1, 0.44], [0.5, 0.44], [0.5, 0.56], [-1, 0.56], [-1, -0.56], [0.5, -0.56], [0.5, -0.44]];
const ARROW = [[1.05, 0], [-0.75, 0.66], [-0.4, 0], [-0.75, -0.66]];
const GLASS = [[0.66, -0.36], [0.66, 0.36], [0.36, 0.38], [0.36, -0.38]];
const BAND = [[-0.62, -0.13], [-0.62, 0.13], [0.1, 0.13], [0.1, -0.13]];
const CROSS = [[-0.4, -0.42], [-0.4, 0.42], [-0.12, 0.42], [-0.12, -0.42]];

function addShape(path, shape, x, y, angle, half) {
  const c = Math.cos(angle) * half;
  const s = Math.sin(angle) * half;
  for (let k = 0; k < shape.length; k++) {
    const [u, v] = shape[k];
    if (k === 0) path.moveTo(x + u * c - v * s, y + u * s + v * c);
    else path.lineTo(x + u * c - v * s, y + u * s + v * c);
  }
  path.closePath();
}

function halfLength(scale, many) {
  const seen = many ? 4.6 : 7;
  return Math.max(seen * Math.min(Math.max((scale / 0.07) ** 0.3, 0.8), 1.5), Math.min(3.2 * scale, 14));
}

// Draw vehicles that are in sight, all of one colour at once.
function drawVehicles(ctx, world, real) {
  const { shown, camera, palette, calm, sprites, ratio } = world;
  const beat = calm ? 0.25 : (real * 1.6) % 1;
  if (shown.length > MANY) {
    sprites.draw(ctx, shown, camera.scale, ratio, palette, beat < 0.5 ? 0 : 1);
    return;
  }
  const half = halfLength(camera.scale, false);
  drawSirens(ctx, shown, half, palette, beat);
  const byState = new Map();
  const rims = new Path2D();
  const details = new Path2D();
  for (const vehicle of shown) {
    const shape = vehicle.isTruck ? TRUCK : AMBULANCE;
    const { state } = vehicle.leg;
    if (!byState.has(state)) byState.set(state, new Path2D());
    addShape(byState.get(state), shape, vehicle.px, vehicle.py, vehicle.turned, half);
    addShape(rims, shape, vehicle.px, vehicle.py, vehicle.turned, half + 1.8);
    addDetails(details, vehicle, half);
  }
  ctx.fillStyle = palette.halo;
  ctx.fill(rims);
  for (const [state, path] of byState) {
    ctx.fillStyle = stateColour(palette, state);
    ctx.fill(path);
  }
  ctx.fillStyle = palette.glass;
  ctx.fill(details);
}

function addDetails(path, vehicle, half) {
  const { px, py, turned } = vehicle;
  addShape(path, GLASS, px, py, turned, half);
  if (vehicle.isTruck) return;
  addShape(path, BAND, px, py, turned, half);
  addShape(path, CROSS, px, py, turned, half * 0.8);
}

function drawSirens(ctx, shown, half, palette, beat) {
  const radius = half * (1.55 + 0.35 * Math.sin(beat * 4 * Math.PI) ** 2);
  ctx.globalAlpha = 0.32;
  ctx.fillStyle = palette.siren[beat < 0.5 ? 0 : 1];
  for (const vehicle of shown) {
    if (!vehicle.leg.hasSiren) continue;
    ctx.beginPath();
    ctx.arc(vehicle.px, vehicle.py, radius, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

function stateColour(palette, state) {
  return palette.states[state] || palette.calm;
}
