// What stands still under everything: land, water, parks and streets, painted once for a view.

const ROAD_M = [7, 9, 11, 14, 20]; // true widths by rank, for when one is near
const ROAD_PX = [0.7, 1.3, 2.0, 2.6, 3.4]; // least widths where all of it is shown
const MINOR_FROM = 0.035; // pixels a metre, from which residential streets are shown in full
const NEAR_PX_OF_STREET = 3.2;
const CHUNK_LINES = 400;

function floats(view) {
  const bytes = view.buffer ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view;
  return new Float32Array(bytes);
}

// Lines between NaNs as paths of some hundred lines each, so that those out of sight are not drawn.
function roadChunks(xy) {
  const lines = splitLines(xy);
  lines.sort((a, b) => a.cell - b.cell);
  const chunks = [];
  let chunk = null;
  for (const line of lines) {
    if (!chunk || chunk.count >= CHUNK_LINES || chunk.cell !== line.cell) {
      chunk = { path: new Path2D(), box: [Infinity, Infinity, -Infinity, -Infinity], count: 0, cell: line.cell };
      chunks.push(chunk);
    }
    addLine(chunk, xy, line);
  }
  return chunks;
}

function splitLines(xy) {
  const lines = [];
  let start = 0;
  for (let k = 0; k <= xy.length; k += 2) {
    if (k < xy.length && !Number.isNaN(xy[k])) continue;
    if (k > start + 2) {
      const cell = Math.floor(xy[start] / 2000) * 1000 + Math.floor(xy[start + 1] / 2000);
      lines.push({ start, end: k, cell });
    }
    start = k + 2;
  }
  return lines;
}

function addLine(chunk, xy, line) {
  const { path, box } = chunk;
  for (let k = line.start; k < line.end; k += 2) {
    const x = xy[k];
    const y = xy[k + 1];
    if (k === line.start) path.moveTo(x, y);
    else path.lineTo(x, y);
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  chunk.count += 1;
}

function polygons(outlines) {
  const path = new Path2D();
  for (const outline of outlines) {
    for (let k = 0; k < outline.length; k += 2) {
      if (k === 0) path.moveTo(outline[0] / 10, outline[1] / 10);
      else path.lineTo(outline[k] / 10, outline[k + 1] / 10);
    }
    path.closePath();
  }
  return path;
}

class Ground {
  constructor(message, buffers) {
    this.message = message;
    this.roads = message.roads
      .map((road) => ({ rank: road.rank, chunks: roadChunks(floats(buffers[road.buffer])) }))
      .sort((a, b) => a.rank - b.rank);
    this.water = polygons(message.water || []);
    this.parks = polygons(message.parks || []);
    this.lights = message.lights == null ? new Float32Array(0) : floats(buffers[message.lights]);
    this.zones = message.zones == null ? new Float32Array(0) : floats(buffers[message.zones]);
  }

  paintLand(ctx, palette) {
    ctx.fillStyle = palette.park;
    ctx.fill(this.parks);
    this.paintWater(ctx, palette);
  }

  paintWater(ctx, palette) {
    ctx.fillStyle = palette.water;
    ctx.fill(this.water);
  }

  // Near which places there are streets: a transform as for `paintRoads`, a width in metres.
  paintNear(ctx, width) {
    ctx.lineCap = ctx.lineJoin = "round";
    ctx.strokeStyle = "#000000";
    ctx.lineWidth = width;
    for (const road of this.roads) for (const chunk of road.chunks) ctx.stroke(chunk.path);
  }

  // Widths are in pixels, whatever the transform; `plain` roads are white over a tint.
  paintRoads(ctx, scale, box, palette, plain) {
    ctx.lineCap = ctx.lineJoin = "round";
    const widths = this.roads.map((road) => roadWidth(road.rank, scale));
    this.roads.forEach((road, k) => {
      const rim = roadColours(palette, road.rank, widths[k])[1];
      if (rim && !plain && widths[k] > 1.1) {
        this.stroke(ctx, road, scale, box, widths[k] + (widths[k] > 4 ? 2 : 1.3), rim);
      }
    });
    this.roads.forEach((road, k) => {
      ctx.globalAlpha = road.rank === 0 ? minorShare(scale) : plain ? 0.75 : 1;
      const colour = plain ? palette.bare_road : roadColours(palette, road.rank, widths[k])[0];
      this.stroke(ctx, road, scale, box, widths[k], colour);
    });
    ctx.globalAlpha = 1;
  }

  stroke(ctx, road, scale, box, width, colour) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width / scale;
    for (const chunk of road.chunks) {
      const [west, south, east, north] = chunk.box;
      if (east >= box[0] && west <= box[2] && north >= box[1] && south <= box[3]) ctx.stroke(chunk.path);
    }
  }
}

// Fill and rim; a residential street is a mere line until one is near.
function roadColours(palette, rank, width) {
  return rank === 0 && width > NEAR_PX_OF_STREET ? palette.near_street : palette.roads[rank];
}

function roadWidth(rank, scale) {
  const growing = ROAD_PX[rank] * Math.min(Math.max((scale / 0.06) ** 0.45, 0.6), 2.2);
  return Math.max(growing, Math.min(ROAD_M[rank] * scale, 26));
}

function minorShare(scale) {
  return Math.min(Math.max(scale / MINOR_FROM, 0.35), 1);
}
