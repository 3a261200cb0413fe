// Vehicles: where each is by its legs at a moment, and how they are drawn.

import { siteSize } from "./sites.js";

const MANY = 250; // vehicles in sight, from which on they are drawn more simply
const DIRECTIONS = 48; // in which those are drawn
const DOCK_M = 400; // a site may lie so far from the street where its vehicles stand

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

// All vehicles, by the states of the base map: who stands in one is drawn as that says.
export class Fleet {
  constructor(states, sites) {
    this.states = states;
    this.sites = sites;
    this.vehicles = new Map();
    this.shown = []; // those in sight
  }

  add(told) {
    const [id, leg] = readLeg(told);
    const { siren, beside } = this.states[leg.state];
    leg.hasSiren = siren;
    leg.docks = beside ? this.dockOf(leg, beside) : null;
    if (!this.vehicles.has(id)) this.vehicles.set(id, new Vehicle(id));
    this.vehicles.get(id).add(leg);
  }

  // The site beside whose symbol a standing vehicle is drawn.
  dockOf({ path }, beside) {
    const at = path.length - 3;
    return this.sites.nearest(path[at], path[at + 1], beside === "any" ? "" : beside, DOCK_M);
  }

  moveTo(now, passed, camera, hasSites) {
    this.shown = [];
    for (const site of this.sites.all) site.inside = site.beside = 0;
    for (const vehicle of this.vehicles.values()) {
      vehicle.moveTo(now);
      vehicle.slot = -1;
      vehicle.px = camera.px(vehicle.x);
      vehicle.py = camera.py(vehicle.y);
      const site = this.siteOf(vehicle, camera, hasSites);
      if (site) this.dock(vehicle, site, camera);
      if (vehicle.slot >= 0 || !camera.sees(vehicle.px, vehicle.py, 20)) continue;
      if (vehicle.isMoving) vehicle.turn(passed);
      else if (site) vehicle.turned = 0;
      this.shown.push(vehicle);
    }
  }

  // Where a vehicle is docked, or the site whose symbol it would cover.
  siteOf(vehicle, camera, hasSites) {
    if (vehicle.isMoving) return null;
    const most = siteSize(camera.scale) / camera.scale;
    return vehicle.leg.docks || (hasSites ? this.sites.nearest(vehicle.x, vehicle.y, "", most) : null);
  }

  // Who is hidden at a site is at most counted; others stand below the symbol in a row.
  dock(vehicle, site, camera) {
    const { parked } = this.states[vehicle.leg.state];
    if (parked) {
      vehicle.slot = site.inside;
      if (parked === "counted") site.inside += 1;
      vehicle.px = site.px;
      vehicle.py = site.py;
      return;
    }
    const half = halfLength(camera.scale, false);
    const size = siteSize(camera.scale);
    const column = [0, -1, 1][site.beside % 3]; // the first in the middle
    vehicle.px = camera.px(site.x) + column * 2.4 * half;
    vehicle.py = camera.py(site.y) + size * 2 + Math.floor(site.beside / 3) * 1.4 * half;
    site.beside += 1;
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

export function halfLength(scale, many) {
  const seen = many ? 4.6 : 7;
  return Math.max(seen * Math.min(Math.max((scale / 0.07) ** 0.3, 0.8), 1.5), Math.min(3.2 * scale, 14));
}

// Draw vehicles that are in sight, all of one colour at once.
export function drawVehicles(ctx, world, real) {
  const { fleet, camera, palette, calm, sprites, ratio } = world;
  const { shown } = fleet;
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

export function stateColour(palette, state) {
  return palette.states[state] || palette.calm;
}

// Many vehicles: small pictures, one for each state and direction, copied to where a vehicle is. A
// path of thousands of outlines takes far longer to fill.
export class Sprites {
  constructor() {
    this.pictures = new Map();
    this.key = "";
  }

  draw(ctx, shown, scale, ratio, palette, beat) {
    const half = halfLength(scale, true);
    const key = `${half.toFixed(2)}|${ratio}|${palette.dark}`;
    if (key !== this.key) this.pictures.clear();
    this.key = key;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    for (const { px, py, turned, leg } of shown) {
      const direction = (Math.round((turned / (2 * Math.PI)) * DIRECTIONS) % DIRECTIONS + DIRECTIONS) % DIRECTIONS;
      const picture = this.picture(leg, direction, half, ratio, palette, beat);
      const middle = picture.width / 2;
      ctx.drawImage(picture, Math.round(px * ratio - middle), Math.round(py * ratio - middle));
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  picture(leg, direction, half, ratio, palette, beat) {
    const name = `${leg.state}|${direction}|${leg.hasSiren ? beat : 0}`;
    if (!this.pictures.has(name)) this.pictures.set(name, this.paint(leg, direction, half, ratio, palette, beat));
    return this.pictures.get(name);
  }

  paint(leg, direction, half, ratio, palette, beat) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * Math.ceil((half * 1.6 + 2) * ratio);
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, canvas.width / 2, canvas.height / 2);
    if (leg.hasSiren) {
      ctx.globalAlpha = 0.38;
      ctx.fillStyle = palette.siren[beat];
      ctx.beginPath();
      ctx.arc(0, 0, half * 1.5, 0, 2 * Math.PI);
      ctx.fill();
      ctx.globalAlpha = 1;
    }
    const angle = (direction / DIRECTIONS) * 2 * Math.PI;
    for (const [size, colour] of [[half + 1.3, palette.halo], [half, stateColour(palette, leg.state)]]) {
      const shape = new Path2D();
      addShape(shape, ARROW, 0, 0, angle, size);
      ctx.fillStyle = colour;
      ctx.fill(shape);
    }
    return canvas;
  }
}
