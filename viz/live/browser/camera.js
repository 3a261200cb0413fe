// What part of the city is seen: the middle in metres, and pixels a metre. North is up.

const CLOSEST = 3.0; // pixels a metre

export class Camera {
  constructor(bounds) {
    this.bounds = bounds;
    this.width = this.height = 1;
    this.x = (bounds[0] + bounds[2]) / 2;
    this.y = (bounds[1] + bounds[3]) / 2;
    this.scale = 0.05;
    this.goal = null;
    this.inset = 0; // pixels on the right that something covers
  }

  get whole() {
    const [west, south, east, north] = this.bounds;
    const margin = 1.06;
    return Math.min(
      (this.width - this.inset) / Math.max((east - west) * margin, 1),
      this.height / Math.max((north - south) * margin, 1),
    );
  }

  // Where to look so that the whole city stands in the middle of what nothing covers.
  get middle() {
    const [west, south, east, north] = this.bounds;
    return [(west + east + this.inset / this.whole) / 2, (south + north) / 2];
  }

  px(x) {
    return this.width / 2 + (x - this.x) * this.scale;
  }

  py(y) {
    return this.height / 2 - (y - this.y) * this.scale;
  }

  toWorld(px, py) {
    return [
      this.x + (px - this.width / 2) / this.scale,
      this.y - (py - this.height / 2) / this.scale,
    ];
  }

  sees(px, py, margin) {
    return px > -margin && py > -margin && px < this.width + margin && py < this.height + margin;
  }

  resize(width, height) {
    this.change(() => [this.width, this.height] = [width, height]);
  }

  leaveRoom(inset) {
    this.change(() => { this.inset = inset; });
  }

  // Who saw the whole city sees the whole of it afterwards.
  change(act) {
    const sawAll = this.width <= 1 || Math.abs(this.scale / this.whole - 1) < 0.01;
    act();
    if (sawAll) this.fit();
  }

  fit() {
    [this.x, this.y] = this.middle;
    this.scale = this.whole;
    this.goal = null;
  }

  pan(dx, dy) {
    this.goal = null;
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.stayNear();
  }

  // Zoom so that what is under a pixel stays there.
  zoom(factor, px, py) {
    const [x, y] = this.toWorld(px, py);
    this.scale = Math.min(Math.max(this.scale * factor, 0.7 * this.whole), CLOSEST);
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y + (py - this.height / 2) / this.scale;
    this.stayNear();
  }

  stayNear() {
    const [west, south, east, north] = this.bounds;
    this.x = Math.min(Math.max(this.x, west), east);
    this.y = Math.min(Math.max(this.y, south), north);
  }

  // Go somewhere in a moment; `glide` moves there, step by step.
  goTo(x, y, scale) {
    this.goal = { x, y, scale: Math.min(Math.max(scale, 0.7 * this.whole), CLOSEST) };
  }

  glide(passed, calm) {
    if (!this.goal) return false;
    const share = calm ? 1 : 1 - Math.exp(-passed * 9);
    this.x += (this.goal.x - this.x) * share;
    this.y += (this.goal.y - this.y) * share;
    this.scale *= (this.goal.scale / this.scale) ** share;
    const apart = Math.hypot(this.goal.x - this.x, this.goal.y - this.y) * this.scale;
    if (apart < 0.3 && Math.abs(this.goal.scale / this.scale - 1) < 0.001) {
      ({ x: this.x, y: this.y, scale: this.scale } = this.goal);
      this.goal = null;
    }
    return true;
  }
}
