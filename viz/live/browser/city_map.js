// The map itself: hears messages, moves what moves, and draws when there is something new to see.

const QUIET_S = 0.05; // between two pictures while only a mark pulses
const AWAY_S = 3; // a page that was hidden so long asks for everything anew

// States in which a vehicle that stands is drawn beside a site, and the kind of it.
const DOCKS = {
  idle: "station", mobilising: "station", on_break: "station", off_duty: "station", out_of_order: "station",
  waiting_bay: "hospital", handover: "hospital",
  truck_idle: "", truck_waiting_dock: "", truck_loading: "", truck_unloading: "",
};
const FREE = new Set(["idle", "truck_idle"]);
const HIDDEN = new Set([...FREE, "on_break", "off_duty", "out_of_order"]);
const DOCK_M = 400; // a site may lie so far from the street where its vehicles stand

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
    this.trail = new Trail();
    this.count = { frames: 0, bytes: 0, fps: 0, drawn: 0 };
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

  // Take the ground from the model; everything on it starts anew.
  lay() {
    const message = this.model.get("ground");
    this.ground = new Ground(message, this.model.get("ground_buffers"));
    const camera = new Camera(message.bounds);
    this.camera = this.camera ? Object.assign(this.camera, { bounds: camera.bounds }) : camera;
    if (this.canvas.clientWidth) this.camera.fit();
    this.tints = new Tints(this.ground);
    this.tiles = new Tiles(message.geo, () => { this.backdrop.stale = this.dirty = true; });
    this.signals = new Signals(this.ground.lights);
    this.sites = new Sites(message.sites);
    this.forgetAll();
    this.backdrop.stale = this.dirty = true;
  }

  forgetAll() {
    this.vehicles = new Map();
    this.shown = [];
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
    const heard = (message, buffers) => this.hear(message, buffers);
    this.model.on("msg:custom", heard);
    const changed = () => this.readTraits();
    const laid = () => { this.lay(); this.readTraits(); };
    this.model.on("change:layers change:palette change:tool change:tiles change:followed", changed);
    this.model.on("change:ground", laid);
    signal.addEventListener("abort", () => {
      this.model.off("msg:custom", heard);
      this.model.off("change:layers change:palette change:tool change:tiles change:followed", changed);
      this.model.off("change:ground", laid);
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
    message.legs.forEach((told) => this.addLeg(told));
    message.greens.forEach((green) => this.signals.addGreen(green, this.vehicles));
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

  addLeg(told) {
    const [id, leg] = readLeg(told);
    leg.hasSiren = Boolean((this.ground.message.states[leg.state] || {}).siren);
    leg.docks = this.dockOf(leg);
    if (!this.vehicles.has(id)) this.vehicles.set(id, new Vehicle(id));
    this.vehicles.get(id).add(leg);
  }

  // The site beside whose symbol a standing vehicle is drawn.
  dockOf({ state, path }) {
    if (!(state in DOCKS)) return null;
    const at = path.length - 3;
    return this.sites.nearest(path[at], path[at + 1], DOCKS[state], DOCK_M);
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
    this.moveVehicles(now, passed);
    this.keepFollowed(passed);
    this.drawGround(real);
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

  moveVehicles(now, passed) {
    this.shown = [];
    for (const site of this.sites.all) site.inside = site.beside = 0;
    for (const vehicle of this.vehicles.values()) {
      vehicle.moveTo(now);
      vehicle.slot = -1;
      vehicle.px = this.camera.px(vehicle.x);
      vehicle.py = this.camera.py(vehicle.y);
      const site = vehicle.isMoving ? null : vehicle.leg.docks || this.siteOver(vehicle);
      if (site) this.dock(vehicle, site);
      if (vehicle.slot >= 0 || !this.camera.sees(vehicle.px, vehicle.py, 20)) continue;
      if (vehicle.isMoving) vehicle.turn(passed);
      else if (site) vehicle.turned = 0;
      this.shown.push(vehicle);
    }
    this.count.drawn = this.shown.length;
  }

  // The site whose symbol a standing vehicle would cover.
  siteOver(vehicle) {
    const most = siteSize(this.camera.scale) / this.camera.scale;
    return this.layers.sites === false ? null : this.sites.nearest(vehicle.x, vehicle.y, "", most);
  }

  // Who is free at a site is counted and not drawn; others stand below the symbol in a row.
  dock(vehicle, site) {
    if (HIDDEN.has(vehicle.leg.state)) {
      vehicle.slot = site.inside;
      if (FREE.has(vehicle.leg.state)) site.inside += 1;
      vehicle.px = site.px;
      vehicle.py = site.py;
      return;
    }
    const half = halfLength(this.camera.scale, false);
    const size = siteSize(this.camera.scale);
    const column = [0, -1, 1][site.beside % 3]; // the first in the middle
    vehicle.px = this.camera.px(site.x) + column * 2.4 * half;
    vehicle.py = this.camera.py(site.y) + size * 2 + Math.floor(site.beside / 3) * 1.4 * half;
    site.beside += 1;
  }

  drawGround(real) {
    const { ctx, palette, camera, ratio, layers, ground } = this;
    const tint = this.tint;
    if (Boolean(tint) !== this.wasTinted) this.backdrop.stale = true;
    this.wasTinted = Boolean(tint);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = palette.land;
    ctx.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const paint = (land, streets, scale, box) => {
      ground.paintLand(land, palette);
      this.tiles.paint(land, this.tileTemplate, scale, box);
      if (layers.roads === false) return;
      // One picture is enough where nothing lies between land and streets.
      if (tint) ground.paintWater(streets, palette);
      ground.paintRoads(tint ? streets : land, scale, box, palette, Boolean(tint));
    };
    this.backdrop.draw(ctx, camera, ratio, real, paint, tint && ((under) => tint(under, this, ratio)));
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
    const vehicle = this.vehicles.get(this.followed);
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
    return this.vehicles.get(id) || this.sites.byId.get(id) || null;
  }

  showTip(now) {
    const at = this.hands.at;
    const thing = at && !this.hands.pointers.size ? thingAt(this, ...at) : null;
    this.canvas.classList.toggle("corridor-pointing", Boolean(this.find(idOf(thing))) && this.tool !== "place");
    this.panels.showTip(thing ? describe(this, thing, now) : null, ...(at || [0, 0]));
  }

  // The view stays with a followed vehicle until one drags it away.
  keepFollowed(passed) {
    const vehicle = this.isTracking && this.vehicles.get(this.followed);
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
      get drawn() { return map.count.drawn; },
      get bytes() { return map.count.bytes; },
      get clock() { return map.clock.shown; },
      get scale() { return map.camera.scale; },
      at: (x, y) => [map.camera.px(x), map.camera.py(y)],
      look: (x, y, scale) => { Object.assign(map.camera, { x, y, scale, goal: null }); map.dirty = true; },
      places: () => Object.fromEntries(map.shown.map((vehicle) => [vehicle.id, [vehicle.px, vehicle.py]])),
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
