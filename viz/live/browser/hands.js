// Mouse, fingers and keys.

const CLICK_PX = 5; // a hand may tremble so far
const STEP_PX = 90;

export class Hands {
  constructor(canvas, camera, answer) {
    this.canvas = canvas;
    this.camera = camera;
    this.answer = answer;
    this.pointers = new Map();
    this.at = null;
    this.travelled = 0;
    this.listen();
  }

  listen() {
    const { canvas } = this;
    const on = (name, act) => canvas.addEventListener(name, act, { passive: false });
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.pointers.delete(event.pointerId));
    on("pointerleave", () => { this.at = null; this.answer.touched(); });
    on("wheel", (event) => this.wheel(event));
    on("dblclick", (event) => this.twice(event));
    on("keydown", (event) => this.key(event));
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true });
    this.pointers.set(event.pointerId, this.place(event));
    if (this.pointers.size === 1) this.travelled = 0;
  }

  move(event) {
    const now = this.place(event);
    this.at = now;
    const was = this.pointers.get(event.pointerId);
    if (was) {
      const others = [...this.pointers.entries()].filter(([id]) => id !== event.pointerId);
      if (others.length) this.pinch(was, now, others[0][1]);
      else this.drag(now[0] - was[0], now[1] - was[1]);
      this.pointers.set(event.pointerId, now);
    }
    this.answer.touched();
  }

  drag(dx, dy) {
    this.travelled += Math.hypot(dx, dy);
    if (this.travelled < CLICK_PX) return;
    this.camera.pan(dx, dy);
    this.answer.wandered();
  }

  pinch(was, now, other) {
    this.travelled = Infinity;
    const apart = (a) => Math.max(Math.hypot(a[0] - other[0], a[1] - other[1]), 1);
    this.camera.zoom(apart(now) / apart(was), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    this.camera.pan((now[0] - was[0]) / 2, (now[1] - was[1]) / 2);
    this.answer.wandered();
  }

  up(event) {
    const isClick = this.pointers.size === 1 && this.travelled < CLICK_PX;
    this.pointers.delete(event.pointerId);
    if (isClick) this.answer.clicked(...this.place(event));
  }

  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.camera.goal = null;
    this.camera.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.008 : 0.0016)), ...this.place(event));
    this.answer.wandered(true);
  }

  twice(event) {
    event.preventDefault();
    const [px, py] = this.place(event);
    const [x, y] = this.camera.toWorld(px, py);
    const scale = this.camera.scale * 2;
    const goalX = x - (px - this.camera.width / 2) / scale;
    this.camera.goTo(goalX, y + (py - this.camera.height / 2) / scale, scale);
    this.answer.wandered();
  }

  key(event) {
    const { camera } = this;
    const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = moves[event.key];
    if (move) {
      camera.pan(move[0] * STEP_PX, move[1] * STEP_PX);
      this.answer.wandered();
    } else if (event.key === "+" || event.key === "=") this.answer.zoomBy(1.5);
    else if (event.key === "-") this.answer.zoomBy(1 / 1.5);
    else if (event.key === "0") this.answer.whole();
    else if (event.key === "Escape") this.answer.released();
    else return;
    event.preventDefault();
  }
}
