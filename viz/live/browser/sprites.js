// Many vehicles: small pictures, one for each state and direction, copied to where a vehicle is. A
// path of thousands of outlines takes far longer to fill.

const DIRECTIONS = 48;

class Sprites {
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
