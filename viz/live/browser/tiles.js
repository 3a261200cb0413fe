// Map tiles below the streets, where a server of tiles is given and answers; else nothing.

const TILE_PX = 256;
const MOST_TILES = 60;
const KEPT_TILES = 200;

class Tiles {
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
