// What the map shows now, in words: rows of a legend. What is not to be seen is not explained.

function legendRows(world) {
  return [
    ...siteRows(world), ...vehicleRows(world), ...callRows(world), ...lightRows(world), ...groundRows(world),
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

function vehicleRows({ layers, vehicles, ground, palette, words }) {
  if (layers.vehicles === false) return [];
  const present = new Set();
  for (const vehicle of vehicles.values()) if (vehicle.leg && vehicle.slot < 0) present.add(vehicle.leg.state);
  const keys = Object.keys(ground.message.states).filter((key) => present.has(key));
  const rows = [];
  for (const kind of ["ambulance", "truck"]) {
    const own = keys.filter((key) => ground.message.states[key].kind === kind);
    if (own.length) rows.push(["heading", "", words.vehicles[kind]]);
    for (const key of own) {
      const { siren, text } = ground.message.states[key];
      rows.push([siren ? "siren" : kind, stateColour(palette, key), text]);
    }
  }
  return rows;
}

function callRows({ layers, calls, ground, palette, words }) {
  if (layers.calls === false || !calls.marks.size) return [];
  const marks = [...calls.marks.values()];
  const priorities = [...new Set(marks.filter((mark) => mark.state !== "reached").map((mark) => mark.priority))];
  const rows = [["heading", "", words.calls]];
  for (const priority of priorities.sort()) {
    const told = ground.message.priorities[priority];
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

function groundRows(world) {
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
