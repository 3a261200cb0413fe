// What stands still under everything: land, water, parks, tiles and streets, painted once for a view.

const ROAD_M = [7, 9, 11, 14, 20]; // true widths by rank, for when one is near
const ROAD_PX = [0.7, 1.3, 2.0, 2.6, 3.4]; // least widths where all of it is shown
const MINOR_FROM = 0.035; // pixels a metre, from which residential streets are shown in full
const NEAR_PX_OF_STREET = 3.2;
const CHUNK_LINES = 400;

const MARGIN = 0.3; // of the view, painted on each side of it
const REST_S = 0.12;

const TILE_PX = 256;
const MOST_TILES = 60;
const KEPT_TILES = 200;

// Draw the base map; `tint(ctx)` colours it below the streets, null for none.
export function drawBaseMap(world, real, tint) {
  const { ctx, canvas, palette, camera, ratio, layers, baseMap, tiles, backdrop } = world;
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.fillStyle = palette.land;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  const paint = (land, streets, scale, box) => {
    baseMap.paintLand(land, palette);
    tiles.paint(land, world.tileTemplate, scale, box);
    if (layers.roads === false) return;
    // One picture is enough where nothing lies between land and streets.
    if (tint) baseMap.paintWater(streets, palette);
    baseMap.paintRoads(tint ? streets : land, scale, box, palette, Boolean(tint));
  };
  backdrop.draw(ctx, camera, ratio, real, paint, tint);
}

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

export class BaseMap {
  constructor(message, buffers) {
    this.message = message;
    this.roads = message.roads
      .map((road) => ({ rank: road.rank, chunks: roadChunks(floats(buffers[road.buffer])) }))
      .sort((a, b) => a.rank - b.rank);
    this.water = polygons(message.water);
    this.parks = polygons(message.parks);
    this.lights = floats(buffers[message.lights]);
    this.zones = floats(buffers[message.zones]);
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

// The base map as pictures, larger than what is seen, which are moved and stretched while one pans and
// zooms and painted anew when one rests: land below, streets above, and a tint between the two.
export class Backdrop {
  constructor() {
    this.land = document.createElement("canvas");
    this.streets = document.createElement("canvas");
    this.painted = null;
    this.stale = true;
    this.isTinted = false;
    this.isWaiting = false;
    this.changedAt = 0;
  }

  // Draw the pictures under a view; `paint(land, streets, scale, box)` makes them where they are
  // out of date, `tint` draws between them.
  draw(ctx, camera, ratio, real, paint, tint) {
    if (Boolean(tint) !== this.isTinted) this.stale = true;
    this.isTinted = Boolean(tint);
    if (this.needsPaint(camera, ratio, real)) this.paint(camera, ratio, paint);
    const was = this.painted;
    const stretch = camera.scale / was.scale;
    const place = [camera.px(was.west) * ratio, camera.py(was.north) * ratio];
    const size = [this.land.width * stretch, this.land.height * stretch];
    ctx.imageSmoothingEnabled = stretch !== 1;
    ctx.drawImage(this.land, ...place, ...size);
    if (!tint) return;
    tint(ctx);
    ctx.drawImage(this.streets, ...place, ...size);
  }

  needsPaint(camera, ratio, real) {
    const was = this.painted;
    if (!was || this.stale || was.ratio !== ratio) return true;
    if (was.width !== camera.width || was.height !== camera.height) return true;
    if (camera.scale !== this.lastScale) this.changedAt = real;
    this.lastScale = camera.scale;
    const covers = this.covers(camera);
    this.isWaiting = was.scale !== camera.scale;
    const stretch = camera.scale / was.scale;
    if (!covers && stretch > 0.8) return true;
    return (this.isWaiting && real - this.changedAt > REST_S) || stretch > 3 || stretch < 0.4;
  }

  covers(camera) {
    const was = this.painted;
    const [west, north] = camera.toWorld(0, 0);
    const [east, south] = camera.toWorld(camera.width, camera.height);
    return west >= was.west && east <= was.east && north <= was.north && south >= was.south;
  }

  paint(camera, ratio, paint) {
    const { width, height, scale } = camera;
    const [marginX, marginY] = [Math.ceil(MARGIN * width), Math.ceil(MARGIN * height)];
    const [west, north] = camera.toWorld(-marginX, -marginY);
    const [east, south] = camera.toWorld(width + marginX, height + marginY);
    this.painted = { west, north, east, south, width, height, scale, ratio };
    const contexts = [this.land, this.streets].map((canvas) => {
      canvas.width = Math.round((width + 2 * marginX) * ratio);
      canvas.height = Math.round((height + 2 * marginY) * ratio);
      const ctx = canvas.getContext("2d");
      const k = scale * ratio;
      ctx.setTransform(k, 0, 0, -k, -west * k, north * k);
      return ctx;
    });
    paint(...contexts, scale, [west, south, east, north]);
    this.stale = this.isWaiting = false;
  }
}

// Map tiles below the streets, where a server of tiles is given and answers; else nothing.
export class Tiles {
  constructor(geo, onLoad) {
    this.geo = geo;
    this.onLoad = onLoad;
    this.images = new Map();
  }

  // Paint what is there of a box of metres, and ask for the rest.
  paint(ctx, template, scale, box) {
    if (!template || !this.geo) return;
    const level = this.level(scale);
    const [x0, y0] = this.tileOf(box[0], box[3], level).map(Math.floor);
    const [x1, y1] = this.tileOf(box[2], box[1], level).map(Math.floor);
    if ((x1 - x0 + 1) * (y1 - y0 + 1) > MOST_TILES) return;
    for (let x = x0; x <= x1; x++) {
      for (let y = y0; y <= y1; y++) this.paintTile(ctx, template, level, x, y);
    }
  }

  level(scale) {
    const degreesPerPx = 1 / scale / this.geo[2];
    return Math.min(Math.max(Math.round(Math.log2(360 / TILE_PX / degreesPerPx)), 1), 19);
  }

  tileOf(x, y, level) {
    const longitude = this.geo[0] + x / this.geo[2];
    const latitude = ((this.geo[1] + y / this.geo[3]) * Math.PI) / 180;
    const count = 2 ** level;
    return [
      ((longitude + 180) / 360) * count,
      ((1 - Math.asinh(Math.tan(latitude)) / Math.PI) / 2) * count,
    ];
  }

  metresOf(tileX, tileY, level) {
    const count = 2 ** level;
    const longitude = (tileX / count) * 360 - 180;
    const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * tileY) / count))) * 180) / Math.PI;
    return [(longitude - this.geo[0]) * this.geo[2], (latitude - this.geo[1]) * this.geo[3]];
  }

  paintTile(ctx, template, level, x, y) {
    const image = this.image(template, level, x, y);
    if (!image.complete || !image.naturalWidth) return;
    const [west, north] = this.metresOf(x, y, level);
    const [east, south] = this.metresOf(x + 1, y + 1, level);
    ctx.save();
    ctx.translate(west, north);
    ctx.scale(1, -1); // pictures have their top first
    ctx.drawImage(image, 0, 0, east - west, north - south);
    ctx.restore();
  }

  image(template, level, x, y) {
    const address = template.replace("{z}", level).replace("{x}", x).replace("{y}", y).replace("{s}", "a");
    if (!this.images.has(address)) {
      const image = new Image();
      image.onload = this.onLoad;
      image.src = address;
      this.images.set(address, image);
      if (this.images.size > KEPT_TILES) this.images.delete(this.images.keys().next().value);
    }
    return this.images.get(address);
  }
}
