// What lies under the pointer, and what there is to say of it in plain words.

import { fill } from "./labels.js";
import { LIGHT_COLUMNS } from "./signals.js";
import { siteSize } from "./sites.js";

const NEAR_PX = 13;

// The nearest thing to a pixel: vehicles before calls, sites and lights.
export function thingAt(world, px, py) {
  const { layers, calls, sites, fleet, camera } = world;
  const found =
    (layers.vehicles !== false && nearest(fleet.shown, px, py, NEAR_PX)) ||
    (layers.calls !== false && nearest(calls.marks.values(), px, py, NEAR_PX)) ||
    (layers.sites !== false && nearest(sites.all, px, py, siteSize(camera.scale) + 4));
  return found || (layers.signals !== false && lightAt(world, px, py)) || tintAt(world, px, py);
}

// The zone under a pixel, where the base map has a colour of which there is something to say.
function tintAt({ layers, covered, districts, tints, camera }, px, py) {
  const isCovered = layers.coverage && covered;
  if (!isCovered && !(layers.epidemic && districts.size)) return null;
  const zone = tints.zoneAt(...camera.toWorld(px, py));
  return zone < 0 ? null : { zone, isCovered };
}

function nearest(things, px, py, most) {
  let best = null;
  for (const thing of things) {
    const distance = Math.hypot(thing.px - px, thing.py - py);
    if (distance < most) [best, most] = [thing, distance];
  }
  return best;
}

function lightAt({ signals, camera }, px, py) {
  if (!signals.isShown(camera.scale) || camera.scale < 0.09) return null;
  let [best, most] = [-1, 8];
  for (let light = 0; light < signals.count; light++) {
    const at = light * LIGHT_COLUMNS;
    const distance = Math.hypot(camera.px(signals.lights[at]) - px, camera.py(signals.lights[at + 1]) - py);
    if (signals.lights[at + 6] && distance < most) [best, most] = [light, distance];
  }
  return best < 0 ? null : { light: best };
}

export function idOf(thing) {
  if (!thing) return "";
  if (thing.number !== undefined) return `call-${thing.number}`;
  if (thing.light !== undefined) return `light-${thing.light}`;
  return thing.id || "";
}

export function kindOf(thing) {
  if (!thing) return "";
  if (thing.number !== undefined) return "call";
  if (thing.light !== undefined) return "light";
  if (thing.zone !== undefined) return "zone";
  return thing.kind || (thing.isTruck ? "truck" : "ambulance");
}

export function describe(world, thing, now) {
  if (thing.number !== undefined) return describeCall(world, thing, now);
  if (thing.light !== undefined) return describeLight(world, thing.light, now);
  if (thing.zone !== undefined) return describeZone(world, thing);
  if (thing.kind !== undefined) return describeSite(world, thing);
  return describeVehicle(world, thing);
}

function describeVehicle({ fleet, words }, vehicle) {
  const number = vehicle.id.slice(vehicle.id.indexOf("-") + 1);
  const name = fill(vehicle.isTruck ? words.truck : words.ambulance, { n: number });
  const lines = [name, fleet.states[vehicle.leg.state].text];
  if (vehicle.leg.call >= 0) lines.push(fill(words.for_call, { n: vehicle.leg.call }));
  return lines;
}

function describeCall({ baseMap, words }, mark, now) {
  const priority = baseMap.message.priorities[mark.priority];
  const lines = [fill(words.call, { n: mark.number })];
  if (priority) {
    lines.push(fill(words.target, { name: priority.name, n: Math.round(priority.target_s / 6) / 10 }));
  }
  lines.push(words.call_states[mark.state] || "");
  if (mark.state === "waiting" || mark.state === "sent") {
    lines.push(fill(words.waited, { time: span(now - mark.first, words) }));
  }
  return lines.filter(Boolean);
}

function describeSite({ words }, site) {
  const lines = [site.name, words.site_kinds[site.kind]];
  const count = describeFree(site, words);
  if (count) lines.push(count);
  if (site.text) lines.push(site.text);
  if (!site.isOpen && site.text !== words.not_open) lines.push(words.not_open);
  return lines;
}

function describeZone({ covered, districts, tints, words }, { zone, isCovered }) {
  if (isCovered) {
    const seconds = covered[zone];
    return seconds < 0 ? [words.unreached] : [span(seconds, words), words.from_nearest];
  }
  const id = tints.districts.get(zone);
  const mark = districts.get(id);
  return mark ? [id, mark.text] : null;
}

function describeFree({ kind, inside, text }, words) {
  if (kind === "station") return text ? "" : fill(inside === 1 ? words.one_in : words.many_in, { n: inside });
  if (!inside) return "";
  return fill(inside === 1 ? words.one_truck : words.many_trucks, { n: inside });
}

function describeLight({ signals, words }, light, now) {
  const forced = signals.active(now).find((green) => green.light === light);
  if (forced) return [words.light, words.light_forced];
  const isGreen = signals.isGreen(light, now);
  if (isGreen === null) return [words.light, words.light_off];
  const left = Math.ceil(signals.secondsLeft(light, now));
  const cycle = Math.round(signals.lights[light * LIGHT_COLUMNS + 2]);
  const lines = [words.light, fill(isGreen ? words.green_for : words.red_for, { n: left, cycle })];
  if (!signals.lights[light * LIGHT_COLUMNS + 5]) lines.push(words.not_equipped);
  return lines;
}

function span(seconds, words) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes ? fill(words.minutes_seconds, { m: minutes, s: whole % 60 }) : fill(words.seconds, { s: whole });
}
