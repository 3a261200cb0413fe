// The ground as pictures, larger than what is seen, which are moved and stretched while one pans and
// zooms and painted anew when one rests: land below, streets above, and a tint between the two.

const MARGIN = 0.3; // of the view, on each side
const REST_S = 0.12;

class Backdrop {
  constructor() {
    this.land = document.createElement("canvas");
    this.streets = document.createElement("canvas");
    this.painted = null;
    this.stale = true;
    this.isWaiting = false;
    this.changedAt = 0;
  }

  // Draw the pictures under a view; `paint(land, streets, scale, box)` makes them where they are
  // out of date, `tint` draws between them.
  draw(ctx, camera, ratio, real, paint, tint) {
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
