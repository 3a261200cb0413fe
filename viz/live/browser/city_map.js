// The map itself: hears messages, moves what moves, and draws when there is something new to see.

import { Calls, drawCalls } from "./calls.js";
import { Camera } from "./camera.js";
import { Clock } from "./clock.js";
import { Backdrop, drawBaseMap, BaseMap, Tiles } from "./base_map.js";
import { Hands } from "./hands.js";
import { describe, idOf, kindOf, thingAt } from "./hover.js";
import { drawLabels, Labels } from "./labels.js";
import { drawClosed, drawJourney, drawRing, Trail } from "./lines.js";
import { element, legendRows, Panels } from "./panels.js";
import { drawForcedGreens, drawSignals, Signals } from "./signals.js";
import { drawSites, Sites } from "./sites.js";
import { coverageStep, drawCoverage, drawDemand, drawEpidemic, Tints } from "./tints.js";
import { drawVehicles, Fleet, Sprites } from "./vehicles.js";

const QUIET_S = 0.05; // between two pictures while only a mark pulses
const AWAY_S = 3; // a page that was hidden so long asks for everything anew

class CityMap {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.canvas = element("canvas", "corridor-canvas", root);
    this.canvas.tabIndex = 0;
    this.ctx = this.canvas.getContext("2d", { alpha: false });
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.words = model.get("words");
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", this.words.map);
    this.clock = new Clock();
    this.backdrop = new Backdrop();
    this.labels = new Labels();
    this.sprites = new Sprites();
    this.count = { frames: 0, bytes: 0, fps: 0 };
    this.drawnAt = this.legendAt = 0;
    this.hiddenAt = null;
    this.stop = new AbortController();
    this.lay();
    this.panels = new Panels(root, this, [
      ["+", this.words.zoom_in, () => this.zoomBy(1.5)],
      ["−", this.words.zoom_out, () => this.zoomBy(1 / 1.5)],
      ["⤢", this.words.whole, () => this.whole()],
    ]);
    this.hands = new Hands(this.canvas, this.camera, this);
    this.readTraits();
    this.listen();
    window.__corridor_map = root.corridorMap = this.forTests();
    this.seen();
    this.loop = requestAnimationFrame((ms) => this.step(ms / 1000));
    model.send({ type: "ready" });
  }

  // Take the base map from the model; everything on it starts anew.
  lay() {
    const message = this.model.get("base_map");
    this.baseMap = new BaseMap(message, this.model.get("base_map_buffers"));
    const camera = new Camera(message.bounds);
    this.camera = this.camera ? Object.assign(this.camera, { bounds: camera.bounds }) : camera;
    if (this.canvas.clientWidth) this.camera.fit();
    this.tints = new Tints(this.baseMap);
    this.tiles = new Tiles(message.geo, () => { this.backdrop.stale = this.dirty = true; });
    this.signals = new Signals(this.baseMap.lights);
    this.sites = new Sites(message.sites);
    this.forgetAll();
    this.backdrop.stale = this.dirty = true;
  }

  forgetAll() {
    this.fleet = new Fleet(this.baseMap.message.states, this.sites);
    this.calls = new Calls();
    this.districts = new Map();
    this.closed = [];
    this.covered = null;
    this.coverageStep = 0;
    this.signals.greens = [];
    this.trail = new Trail();
  }

  listen() {
    const { signal } = this.stop;
    const heard = (message) => this.hear(message);
    this.model.on("msg:custom", heard);
    const changed = () => this.readTraits();
    const laid = () => { this.lay(); this.readTraits(); };
    this.model.on("change:layers change:palette change:tool change:tiles change:followed", changed);
    this.model.on("change:base_map", laid);
    signal.addEventListener("abort", () => {
      this.model.off("msg:custom", heard);
      this.model.off("change:layers change:palette change:tool change:tiles change:followed", changed);
      this.model.off("change:base_map", laid);
    });
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.root);
    document.addEventListener("visibilitychange", () => this.seen(), { signal });
  }

  seen() {
    const now = performance.now() / 1000;
    if (document.hidden) {
      this.hiddenAt = now;
      return;
    }
    if (this.isAway(now)) this.model.send({ type: "ready" });
    this.hiddenAt = null;
  }

  // Who is away for long needs no messages: on coming back one asks for everything.
  isAway(now) {
    return this.hiddenAt !== null && now - this.hiddenAt > AWAY_S;
  }

  readTraits() {
    const layers = this.model.get("layers");
    const palette = this.model.get("palette");
    const tiles = this.model.get("tiles");
    if (palette !== this.palette || tiles !== this.tileTemplate) this.tints.pictures.clear();
    this.layers = layers;
    this.tileTemplate = tiles;
    this.palette = palette;
    this.tool = this.model.get("tool");
    this.canvas.classList.toggle("corridor-placing", this.tool === "place");
    for (const [name, colour] of Object.entries(palette.page)) this.root.style.setProperty(`--map-${name}`, colour);
    this.root.style.setProperty("--map-font", palette.font);
    this.follow(this.model.get("followed"));
    this.backdrop.stale = this.dirty = true;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.root;
    if (!width || !height) return;
    this.ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.camera.resize(width, height);
    this.panels.resize(width);
    this.draw(performance.now() / 1000, 0); // at once: an emptied canvas would flash
  }

  // Something stands over so many pixels on the right of the map.
  leaveRoom(inset) {
    this.camera.leaveRoom(inset);
    this.dirty = true;
  }

  hear(message) {
    if (message.type !== "frame") return;
    const real = performance.now() / 1000;
    if (this.isAway(real)) return;
    this.count.bytes += JSON.stringify(message).length;
    if (message.first) this.forgetAll();
    this.clock.hear(message.now, message.speed, message.first, real);
    message.legs.forEach((told) => this.fleet.add(told));
    message.greens.forEach((green) => this.signals.addGreen(green, this.fleet.vehicles));
    message.calls.forEach((call) => this.calls.add(call));
    message.sites.forEach((site) => this.sites.hear(site));
    message.districts.forEach(([id, level, text]) => this.districts.set(id, { level, text }));
    if (message.closed) this.closed = message.closed.map((tenths) => tenths / 10);
    if (message.covered) this.cover(message.covered);
    if (message.districts.length) this.tints.forget("epidemic");
    this.dirty = true;
  }

  cover(covered) {
    this.covered = covered;
    this.coverageStep = coverageStep(covered, this.coverageStep, this.palette.seconds.length);
    this.tints.forget("coverage");
  }

  step(real) {
    this.loop = requestAnimationFrame((ms) => this.step(ms / 1000));
    const passed = Math.min(real - (this.steppedAt || real), 0.1);
    this.steppedAt = real;
    const before = this.clock.shown;
    if (this.clock.tick(real) !== before) this.dirty = true; // the last step of all is drawn, too
    if (!this.ratio) return; // not laid out yet
    if (this.camera.glide(passed, this.calm)) this.dirty = true;
    const isQuiet = this.calm || this.clock.leaps || real - this.drawnAt <= QUIET_S;
    const pulses = this.calls.pulses && !isQuiet;
    if (!(this.dirty || pulses || this.clock.isMoving || this.backdrop.isWaiting)) return;
    this.draw(real, passed);
  }

  draw(real, passed) {
    const now = this.clock.shown;
    this.dirty = false;
    this.measure(real);
    this.calls.moveTo(now, real);
    this.signals.forget(now - Math.max(60, 2 * this.clock.speed));
    this.fleet.moveTo(now, passed, this.camera, this.layers.sites !== false);
    this.keepFollowed(passed);
    const { tint } = this;
    drawBaseMap(this, real, tint && ((under) => tint(under, this, this.ratio)));
    this.ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.drawLife(now, real);
    this.panels.showClock(this.clock);
    this.panels.showScale(this.camera);
    this.showTip(now);
    if (real - this.legendAt > 0.5) {
      this.legendAt = real;
      this.panels.showLegend(legendRows(this));
    }
  }

  measure(real) {
    this.count.frames += 1;
    const apart = real - this.drawnAt;
    if (apart > 0 && apart < 1) this.count.fps += 0.05 * (1 / apart - this.count.fps);
    this.drawnAt = real;
  }

  get tint() {
    const { layers } = this;
    if (!this.tints.any) return null;
    if (layers.coverage && this.covered) return drawCoverage;
    if (layers.epidemic && this.districts.size) return drawEpidemic;
    return layers.demand ? drawDemand : null;
  }

  drawLife(now, real) {
    const { ctx, layers, palette } = this;
    drawClosed(ctx, this);
    if (layers.signals !== false) drawSignals(ctx, this, now);
    const vehicle = this.fleet.vehicles.get(this.followed);
    if (vehicle && layers.vehicles !== false) drawJourney(ctx, this, vehicle);
    if (layers.signals !== false) drawForcedGreens(ctx, this, now, real);
    if (layers.calls !== false) drawCalls(ctx, this, now, real);
    if (layers.sites !== false) drawSites(ctx, this);
    drawLabels(ctx, this, now);
    if (layers.vehicles !== false) drawVehicles(ctx, this, real);
    const chosen = this.find(this.followed);
    if (chosen) drawRing(ctx, palette, chosen.px, chosen.py, 17);
  }

  find(id) {
    if (!id) return null;
    if (id.startsWith("call-")) return this.calls.marks.get(Number(id.slice(5))) || null;
    return this.fleet.vehicles.get(id) || this.sites.byId.get(id) || null;
  }

  showTip(now) {
    const at = this.hands.at;
    const thing = at && !this.hands.pointers.size ? thingAt(this, ...at) : null;
    this.canvas.classList.toggle("corridor-pointing", Boolean(this.find(idOf(thing))) && this.tool !== "place");
    this.panels.showTip(thing ? describe(this, thing, now) : null, ...(at || [0, 0]));
  }

  // The view stays with a followed vehicle until one drags it away.
  keepFollowed(passed) {
    const vehicle = this.isTracking && this.fleet.vehicles.get(this.followed);
    if (!vehicle || !vehicle.leg || this.camera.goal) return;
    const share = this.calm ? 1 : 1 - Math.exp(-passed * 5);
    this.camera.x += (vehicle.x - this.camera.x) * share;
    this.camera.y += (vehicle.y - this.camera.y) * share;
  }

  follow(id) {
    if (id === this.followed) return;
    this.followed = id;
    this.isTracking = /^(ambulance|truck)-/.test(id);
    this.dirty = true;
    const thing = this.find(id);
    if (!thing || this.isTracking) return;
    const { camera } = this;
    if (!camera.sees(camera.px(thing.x), camera.py(thing.y), -40)) camera.goTo(thing.x, thing.y, camera.scale);
  }

  // What hands do.

  touched() {
    this.dirty = true;
  }

  wandered(isZoom) {
    if (!isZoom) this.isTracking = false;
    this.dirty = true;
  }

  zoomBy(factor) {
    const { camera } = this;
    const goal = camera.goal || camera;
    camera.goTo(goal.x, goal.y, goal.scale * factor);
  }

  whole() {
    this.isTracking = false;
    this.camera.goTo(...this.camera.middle, this.camera.whole);
  }

  released() {
    this.choose("");
  }

  choose(id) {
    this.follow(id);
    this.model.set("followed", id);
    this.model.save_changes();
  }

  clicked(px, py) {
    const thing = thingAt(this, px, py);
    const [x, y] = thing && thing.x !== undefined ? [thing.x, thing.y] : this.camera.toWorld(px, py);
    const before = this.model.get("clicked") || {};
    const n = (before.n || 0) + 1;
    this.model.set("clicked", { id: idOf(thing), kind: kindOf(thing), x, y, n });
    if (this.tool !== "place") {
      const id = this.find(idOf(thing)) ? idOf(thing) : "";
      this.follow(id);
      this.model.set("followed", id);
    }
    this.model.save_changes();
  }

  forTests() {
    const map = this;
    return {
      get fps() { return map.count.fps; },
      get frames() { return map.count.frames; },
      get drawn() { return map.fleet.shown.length; },
      get bytes() { return map.count.bytes; },
      get clock() { return map.clock.shown; },
      get scale() { return map.camera.scale; },
      at: (x, y) => [map.camera.px(x), map.camera.py(y)],
      look: (x, y, scale) => { Object.assign(map.camera, { x, y, scale, goal: null }); map.dirty = true; },
      places: () => Object.fromEntries(map.fleet.shown.map((vehicle) => [vehicle.id, [vehicle.px, vehicle.py]])),
      calls: () => [...map.calls.marks.values()].map(({ number, x, y, px, py, state }) => ({ number, x, y, px, py, state })),
      get closed() { return map.closed.length / 4; },
      get isStill() { return !map.clock.isMoving; },
    };
  }

  close() {
    cancelAnimationFrame(this.loop);
    this.sizes.disconnect();
    this.stop.abort();
    this.root.replaceChildren();
  }
}

function render({ model, el }) {
  const root = element("div", "corridor-map", el);
  const map = new CityMap(model, root);
  return () => map.close();
}

export default { render };
