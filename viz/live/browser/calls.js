// Calls: who waits is seen first, who has help is calm.

const GONE_S = 2.5; // real seconds in which a mark fades that is taken off the map

export class Calls {
  constructor() {
    this.marks = new Map();
    this.changes = [];
  }

  add([number, x, y, priority, state, since]) {
    this.changes.push({ number, x: x / 10, y: y / 10, priority, state, since: since / 10 });
    this.changes.sort((a, b) => a.since - b.since);
  }

  // Let all happen that has happened until now; what is over fades.
  moveTo(now, real) {
    while (this.changes.length && this.changes[0].since <= now) {
      const change = this.changes.shift();
      const was = this.marks.get(change.number);
      change.first = was ? was.first : change.since;
      if (!isOver(change.state)) this.marks.set(change.number, change);
      else if (was && was.px !== undefined) this.marks.set(change.number, { ...was, ...change, goneAt: real });
      else this.marks.delete(change.number); // nobody ever saw it
    }
    for (const [number, mark] of this.marks) {
      if (mark.goneAt !== undefined && real - mark.goneAt >= GONE_S) this.marks.delete(number);
    }
  }

  get pulses() {
    for (const mark of this.marks.values()) if (mark.state === "waiting" || mark.goneAt !== undefined) return true;
    return false;
  }
}

function isOver(state) {
  return state === "over" || state === "left" || state === "lost";
}

export function drawCalls(ctx, world, now, real) {
  const { calls, camera, calm } = world;
  const size = Math.min(Math.max(4, 5 * (camera.scale / 0.07) ** 0.25), 8);
  for (const mark of calls.marks.values()) {
    mark.px = camera.px(mark.x);
    mark.py = camera.py(mark.y);
    mark.size = size;
    if (!camera.sees(mark.px, mark.py, 40)) continue;
    if (mark.goneAt !== undefined) drawGone(ctx, world, mark, real);
    else if (mark.state === "reached") drawReached(ctx, world, mark);
    else drawOpen(ctx, world, mark, calm ? 0.5 : real);
  }
  ctx.globalAlpha = 1;
}

export function callColour(palette, priority) {
  return palette.priorities[Math.min(priority, palette.priorities.length - 1)];
}

// A diamond: nothing else on the map has this shape.
function diamond(px, py, size) {
  const path = new Path2D();
  path.moveTo(px, py - size * 1.25);
  path.lineTo(px + size * 1.25, py);
  path.lineTo(px, py + size * 1.25);
  path.lineTo(px - size * 1.25, py);
  path.closePath();
  return path;
}

function drawOpen(ctx, { palette }, mark, real) {
  const colour = callColour(palette, mark.priority);
  const { px, py, size } = mark;
  if (mark.state === "waiting") {
    const beat = (real * 0.8 + mark.number * 0.37) % 1;
    ctx.strokeStyle = colour;
    ctx.globalAlpha = 0.75 * (1 - beat);
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.arc(px, py, size * (1.3 + 1.9 * beat), 0, 2 * Math.PI);
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  const shape = diamond(px, py, size);
  ctx.lineWidth = 3;
  ctx.strokeStyle = palette.halo;
  ctx.stroke(shape);
  ctx.fillStyle = colour;
  ctx.fill(shape);
  if (mark.state === "sent") {
    ctx.fillStyle = palette.halo;
    ctx.fill(diamond(px, py, size * 0.42));
  }
}

function drawReached(ctx, { palette }, mark) {
  const shape = diamond(mark.px, mark.py, mark.size * 0.75);
  ctx.lineWidth = 2;
  ctx.strokeStyle = palette.halo;
  ctx.stroke(shape);
  ctx.fillStyle = palette.calm;
  ctx.fill(shape);
}

function drawGone(ctx, { palette }, mark, real) {
  ctx.globalAlpha = Math.max(0, 1 - (real - mark.goneAt) / GONE_S);
  if (mark.state === "over") {
    drawReached(ctx, { palette }, mark);
  } else {
    const arm = mark.size;
    ctx.strokeStyle = palette.lost;
    ctx.lineWidth = 2.2;
    ctx.beginPath();
    for (const slope of [-1, 1]) {
      ctx.moveTo(mark.px - arm, mark.py - slope * arm);
      ctx.lineTo(mark.px + arm, mark.py + slope * arm);
    }
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}
