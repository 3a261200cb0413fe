// What stands over the map: clock, scale, buttons, legend and the hover text.

function element(tag, name, parent, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.appendChild(made);
  return made;
}

const LEGEND_FROM_PX = 900; // width of the map

class Panels {
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
    this.legendTitle = element("summary", "", this.legend, world.words.legend);
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
