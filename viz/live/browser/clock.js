// The map's clock: it follows the clock of the run smoothly, a little behind it, so that drives
// are known before they are shown. It never goes back, and never beyond what is known.

const LAG_S = 0.25; // real seconds behind
const CORRECTION = 2.0; // share of an error that is made good in a real second
const GLIDE = 8.0; // share of what is missing, and seconds, that are shown in a real second of a pause
const LOST_S = 3.0; // real seconds behind, from which on it jumps
const FOLLOWED = 1200; // simulated seconds in a real one, up to which the eye can follow a drive

export class Clock {
  constructor() {
    this.shown = 0;
    this.known = 0;
    this.speed = 0;
    this.heardAt = 0;
    this.tickedAt = 0;
    this.started = false;
    this.pace = 0;
    this.isFree = false; // as fast as it can
  }

  // A message came: everything until `now` is known; `speed` null is as fast as it can.
  hear(now, speed, first, real) {
    if (first || !this.started) {
      this.shown = this.known = now;
      this.pace = 0;
    } else if (real > this.heardAt + 0.02) {
      const pace = Math.max(0, now - this.known) / (real - this.heardAt);
      this.pace = this.pace ? 0.8 * this.pace + 0.2 * pace : pace;
    }
    this.started = true;
    this.known = Math.max(this.known, now);
    this.isFree = speed === null;
    this.speed = this.isFree ? this.pace : speed;
    this.heardAt = real;
  }

  tick(real) {
    const passed = Math.min(Math.max(real - this.tickedAt, 0), LOST_S);
    this.tickedAt = real;
    if (this.leaps) return (this.shown = this.known);
    const behind = this.target(real) - this.shown;
    if (this.speed > 0 && behind > LOST_S * this.speed) this.shown += behind;
    const rate = this.speed > 0 ? this.speed + CORRECTION * behind : GLIDE * behind + GLIDE;
    this.shown = Math.min(this.shown + Math.max(rate, 0) * Math.min(passed, 0.25), this.known);
    if (this.speed === 0 && this.known - this.shown < 0.05) this.shown = this.known;
    return this.shown;
  }

  target(real) {
    if (this.speed === 0) return this.known;
    return Math.min(this.known + this.speed * (real - this.heardAt - LAG_S), this.known);
  }

  // A run as fast as it can leaps from picture to picture where no drive could be followed.
  get leaps() {
    return this.isFree && this.speed > FOLLOWED;
  }

  get isMoving() {
    if (this.leaps) return this.shown < this.known;
    return this.speed > 0 || this.shown < this.known;
  }
}
