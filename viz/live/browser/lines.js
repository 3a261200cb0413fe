// Lines over the streets: closed ones, and where the followed vehicle was and goes.

import { stateColour } from "./vehicles.js";

const TRAIL_POINTS = 400;

export function drawClosed(ctx, world) {
  const { closed, camera, palette } = world;
  if (!closed.length) return;
  const path = new Path2D();
  for (let k = 0; k < closed.length; k += 4) {
    path.moveTo(camera.px(closed[k]), camera.py(closed[k + 1]));
    path.lineTo(camera.px(closed[k + 2]), camera.py(closed[k + 3]));
  }
  const width = Math.min(Math.max(2.2, 9 * camera.scale), 7);
  ctx.lineCap = "butt";
  ctx.strokeStyle = palette.halo;
  ctx.lineWidth = width + 2;
  ctx.stroke(path);
  ctx.strokeStyle = palette.closed;
  ctx.lineWidth = width;
  ctx.setLineDash([6, 4]);
  ctx.stroke(path);
  ctx.setLineDash([]);
}

// Where the followed vehicle has been since one follows it.
export class Trail {
  constructor() {
    this.id = "";
    this.points = [];
  }

  add(vehicle, camera) {
    if (vehicle.id !== this.id) [this.id, this.points] = [vehicle.id, []];
    const last = this.points[this.points.length - 1];
    const least = 3 / camera.scale;
    if (last && Math.hypot(last[0] - vehicle.x, last[1] - vehicle.y) < least) return;
    this.points.push([vehicle.x, vehicle.y]);
    if (this.points.length > TRAIL_POINTS) this.points.shift();
  }
}

export function drawJourney(ctx, world, vehicle) {
  const { camera, palette, trail } = world;
  trail.add(vehicle, camera);
  const colour = stateColour(palette, vehicle.leg.state);
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.strokeStyle = colour;
  drawTrail(ctx, camera, trail, vehicle);
  const ahead = pathAhead(camera, vehicle);
  if (!ahead) return;
  ctx.globalAlpha = 0.85;
  ctx.lineWidth = 6;
  ctx.strokeStyle = palette.halo;
  ctx.stroke(ahead.path);
  ctx.lineWidth = 3;
  ctx.strokeStyle = colour;
  ctx.stroke(ahead.path);
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.halo;
  ctx.beginPath();
  ctx.arc(ahead.px, ahead.py, 5, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
}

// The older, the fainter: in a few strokes, not one a point.
function drawTrail(ctx, camera, trail, vehicle) {
  const points = [...trail.points, [vehicle.x, vehicle.y]];
  const pieces = 6;
  ctx.lineWidth = 4;
  for (let piece = 0; piece < pieces; piece++) {
    const from = Math.floor((piece * (points.length - 1)) / pieces);
    const to = Math.floor(((piece + 1) * (points.length - 1)) / pieces);
    ctx.globalAlpha = 0.05 + (0.4 * (piece + 1)) / pieces;
    ctx.beginPath();
    for (let k = from; k <= to; k++) ctx.lineTo(camera.px(points[k][0]), camera.py(points[k][1]));
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

function pathAhead(camera, vehicle) {
  const { path, at } = vehicle.leg;
  if (at + 3 >= path.length) return null;
  const line = new Path2D();
  line.moveTo(camera.px(vehicle.x), camera.py(vehicle.y));
  for (let k = at + 3; k < path.length; k += 3) line.lineTo(camera.px(path[k]), camera.py(path[k + 1]));
  const last = path.length - 3;
  return { path: line, px: camera.px(path[last]), py: camera.py(path[last + 1]) };
}

export function drawRing(ctx, palette, px, py, radius) {
  ctx.beginPath();
  ctx.arc(px, py, radius, 0, 2 * Math.PI);
  ctx.strokeStyle = palette.halo;
  ctx.lineWidth = 4.5;
  ctx.stroke();
  ctx.strokeStyle = palette.page.accent;
  ctx.lineWidth = 2.2;
  ctx.stroke();
}
