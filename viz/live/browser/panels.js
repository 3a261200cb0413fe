// What stands over the map: clock, scale, buttons, the hover text, and a legend of what is seen.

import { callColour } from "./calls.js";
import { fill } from "./labels.js";
import { LIGHT_COLUMNS } from "./signals.js";
import { LETTERS } from "./sites.js";
import { channels, epidemicTop } from "./tints.js";
import { stateColour } from "./vehicles.js";

export function element(tag, name, parent, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.appendChild(made);
  return made;
}

const LEGEND_FROM_PX = 900; // width of the map

export class Panels {
  constructor(root, world, actions) {
    this.world = world;
    this.clock = element("div", "corridor-clock corridor-panel", root);
    this.time = element("span", "corridor-time", this.clock);
    this.pace = element("span", "corridor-pace", this.clock);
    this.scale = element("div", "corridor-scale", root);
    this.scaleText = element("span", "", this.scale);
    this.scaleBar = element("i", "", this.scale);
    this.buttons = element("div", "corridor-buttons corridor-panel", root);
    for (const [text, title, action] of actions) this.addButton(text, title, action);
    this.legend = element("details", "corridor-legend corridor-panel", root);
    this.legend.addEventListener("toggle", () => this.makeRoom());
    element("summary", "", this.legend, world.words.legend);
    this.legendRows = element("div", "corridor-legend-rows", this.legend);
    this.tip = element("div", "corridor-tip corridor-panel", root);
    this.tip.setAttribute("role", "status");
    this.told = {};
  }

  // Beside a narrow map an open legend would hide the city, so there one opens it oneself.
  resize(width) {
    if (!this.hasRoom && width >= LEGEND_FROM_PX) this.legend.open = true;
    if (width < LEGEND_FROM_PX && this.hasRoom !== false) this.legend.open = false;
    this.hasRoom = width >= LEGEND_FROM_PX;
    this.makeRoom();
  }

  makeRoom() {
    this.world.leaveRoom(this.hasRoom && this.legend.open ? this.legend.offsetWidth + 24 : 0);
  }

  addButton(text, title, action) {
    const button = element("button", "", this.buttons, text);
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    button.addEventListener("click", action);
  }

  // Write only what has changed: the browser lays out anew whenever something is written.
  tell(name, text, target) {
    if (this.told[name] === text) return;
    this.told[name] = text;
    target.textContent = text;
  }

  showClock(clock) {
    const { words } = this.world;
    const seconds = Math.max(0, Math.floor(clock.shown));
    const two = (value) => String(value).padStart(2, "0");
    const time = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}`;
    this.tell("time", fill(words.clock, { day: Math.floor(seconds / 86400) + 1, time }), this.time);
    const speed = clock.speed >= 10 ? Number(clock.speed.toPrecision(2)) : Math.round(10 * clock.speed) / 10;
    const pace = clock.speed > 0 ? fill(words.pace, { pace: speed.toLocaleString("en") }) : words.paused;
    this.tell("pace", pace, this.pace);
  }

  showScale(camera) {
    const metres = roundBelow(120 / camera.scale);
    this.tell("scale", metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, this.scaleText);
    this.scaleBar.style.width = `${Math.round(metres * camera.scale)}px`;
  }

  showTip(lines, px, py) {
    const text = lines ? lines.join("\n") : "";
    if (this.told.tip !== text) {
      this.told.tip = text;
      this.tip.replaceChildren();
      (lines || []).forEach((line, k) => element("div", k ? "" : "corridor-tip-title", this.tip, line));
      this.tip.classList.toggle("corridor-shown", Boolean(lines));
    }
    if (!lines) return;
    const { width, height } = this.world.camera;
    const right = px + 18 + this.tip.offsetWidth < width;
    const below = py + 18 + this.tip.offsetHeight < height;
    this.tip.style.left = `${right ? px + 14 : px - 14 - this.tip.offsetWidth}px`;
    this.tip.style.top = `${below ? py + 14 : py - 14 - this.tip.offsetHeight}px`;
  }

  // Rows of [kind of key, colour, text], under headings where the kind is "heading".
  showLegend(rows) {
    const key = JSON.stringify(rows);
    if (this.told.legend === key) return;
    this.told.legend = key;
    this.legendRows.replaceChildren();
    for (const [kind, colour, text] of rows) this.addLegendRow(kind, colour, text);
  }

  addLegendRow(kind, colour, text) {
    if (kind === "heading") {
      element("div", "corridor-legend-heading", this.legendRows, text);
      return;
    }
    const row = element("div", "corridor-legend-row", this.legendRows);
    if (kind === "scale") {
      row.classList.add("corridor-legend-scale");
      const bar = element("div", "corridor-legend-bar", row);
      colour.forEach((one) => { element("i", "", bar).style.background = one; });
      const ends = element("div", "corridor-legend-ends", row);
      text.forEach((one) => element("span", "", ends, one));
      return;
    }
    const sign = element("i", `corridor-key corridor-key-${kind}`, row);
    sign.style.setProperty("--key", colour);
    if (kind === "hospital" || kind === "store" || kind === "distributor" || kind === "supplier") {
      sign.textContent = LETTERS[kind];
    }
    element("span", "", row, text);
  }
}

function roundBelow(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((k) => k * power).find((value) => value <= most) || power;
}

// Rows of the legend: what the map shows now, in words. What is not to be seen is not explained.
export function legendRows(world) {
  return [
    ...siteRows(world), ...vehicleRows(world), ...callRows(world), ...lightRows(world), ...tintRows(world),
  ];
}

function siteRows({ layers, sites, palette, words }) {
  if (layers.sites === false) return [];
  const kinds = ["station", "hospital", "supplier", "store", "distributor"];
  const rows = [];
  for (const kind of kinds) {
    const own = sites.all.filter((site) => site.kind === kind);
    if (!own.length) continue;
    const hasLevel = kind !== "station" && own.some((site) => site.level !== null);
    const level = kind === "hospital" ? words.ring : words.bar;
    const site = words.sites[kind];
    rows.push([kind, palette.sites[kind], hasLevel ? fill(level, { site }) : site]);
  }
  return rows;
}

function vehicleRows({ layers, fleet, palette, words }) {
  if (layers.vehicles === false) return [];
  const present = new Set();
  for (const vehicle of fleet.vehicles.values()) if (vehicle.leg && vehicle.slot < 0) present.add(vehicle.leg.state);
  const keys = Object.keys(fleet.states).filter((key) => present.has(key));
  const rows = [];
  for (const kind of ["ambulance", "truck"]) {
    const own = keys.filter((key) => fleet.states[key].kind === kind);
    if (own.length) rows.push(["heading", "", words.vehicles[kind]]);
    for (const key of own) {
      const { siren, text } = fleet.states[key];
      rows.push([siren ? "siren" : kind, stateColour(palette, key), text]);
    }
  }
  return rows;
}

function callRows({ layers, calls, baseMap, palette, words }) {
  if (layers.calls === false || !calls.marks.size) return [];
  const marks = [...calls.marks.values()];
  const priorities = [...new Set(marks.filter((mark) => mark.state !== "reached").map((mark) => mark.priority))];
  const rows = [["heading", "", words.calls]];
  for (const priority of priorities.sort()) {
    const told = baseMap.message.priorities[priority];
    const text = fill(words.priority, { name: told ? told.name : priority + 1 });
    rows.push(["call", callColour(palette, priority), text]);
  }
  if (marks.some((mark) => mark.state === "sent")) rows.push(["sent", palette.priorities[0], words.call_states.sent]);
  if (marks.some((mark) => mark.state === "reached")) rows.push(["call", palette.calm, words.call_states.reached]);
  return rows;
}

function lightRows({ layers, signals, camera, palette, words, closed }) {
  const rows = [];
  if (layers.signals !== false && signals.isShown(camera.scale)) {
    const off = !signals.lights.some((value, k) => k % LIGHT_COLUMNS === 2 && value);
    rows.push(["heading", "", words.lights]);
    if (off) rows.push(["dot", palette.off, words.light_off]);
    else rows.push(["dot", palette.green, words.light_green], ["dot", palette.red, words.light_red]);
  }
  if (layers.signals !== false && signals.greens.length) {
    rows.push(["ring", palette.green, words.light_forced]);
  }
  if (closed.length) rows.push(["dash", palette.closed, words.closed]);
  return rows;
}

function tintRows(world) {
  const { layers, palette, words, covered, districts, tints } = world;
  if (!tints.any) return [];
  if (layers.coverage && covered) {
    const minutes = world.coverageStep / 60;
    const ends = [0, 3, 6].map((k) => k * minutes);
    ends.push(fill(words.minutes, { n: 9 * minutes }));
    return [["heading", "", words.coverage], ["scale", palette.seconds, ends]];
  }
  if (layers.epidemic && districts.size) {
    const share = (100 * epidemicTop(districts)).toLocaleString("en", { maximumSignificantDigits: 2 });
    const colours = [0.12, 0.35, 0.7].map((opacity) => withOpacity(palette.epidemic, opacity));
    return [["heading", "", words.epidemic], ["scale", colours, ["0 %", `${share} %`]]];
  }
  if (layers.demand) {
    const colours = [0.1, 0.3, 0.6].map((opacity) => withOpacity(palette.demand, opacity));
    return [["heading", "", words.demand], ["scale", colours, [words.few, words.many]]];
  }
  return [];
}

function withOpacity(colour, opacity) {
  return `rgba(${channels(colour).join(",")},${opacity})`;
}
