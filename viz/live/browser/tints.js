// What colours the base map: demand, how soon an ambulance is there, and the epidemic. Each is a
// small picture of cells over the city, which the canvas stretches softly.

const CELLS = 220; // along the longer side
const NEIGHBOURS = 4;
const REACH = 3; // of the usual distance between zones: farther off, a zone says nothing
const STREET_M = 420; // twice the distance from a street within which the land is coloured

export class Tints {
  constructor(baseMap) {
    this.baseMap = baseMap;
    this.zones = baseMap.zones;
    this.count = this.zones.length / 3;
    this.grid = null;
    this.pictures = new Map();
    this.districts = new Map(); // of zones
    for (const district of baseMap.message.districts) {
      for (const zone of district.zones) this.districts.set(zone, district.id);
    }
  }

  get any() {
    return this.count > 0;
  }

  forget(name) {
    this.pictures.delete(name);
  }

  // Draw a tint; `colourOf(values per zone)` is asked only if the picture is not there yet.
  draw(ctx, camera, ratio, name, colourOf, soft) {
    if (!this.any) return;
    if (!this.grid) this.grid = this.layGrid();
    if (!this.pictures.has(name)) this.pictures.set(name, this.picture(colourOf, soft));
    const { west, north, cell, columns, rows } = this.grid;
    ctx.imageSmoothingEnabled = true;
    ctx.imageSmoothingQuality = "high";
    const size = cell * camera.scale * ratio;
    ctx.drawImage(
      this.pictures.get(name), camera.px(west) * ratio, camera.py(north) * ratio, columns * size, rows * size,
    );
  }

  // The zone whose colour a place has; -1 where there is none.
  zoneAt(x, y) {
    if (!this.grid) return -1;
    const { west, north, cell, columns, rows, near, edge } = this.grid;
    const [column, row] = [Math.floor((x - west) / cell), Math.floor((north - y) / cell)];
    if (column < 0 || row < 0 || column >= columns || row >= rows) return -1;
    const at = row * columns + column;
    return edge[at] ? near[at * NEIGHBOURS] : -1;
  }

  layGrid() {
    const [west0, south0, east0, north0] = this.baseMap.message.bounds;
    const cell = Math.max(east0 - west0, north0 - south0) / CELLS;
    const reach = this.usualDistance() * REACH;
    const [west, north] = [west0 - reach, north0 + reach];
    const columns = Math.ceil((east0 - west0 + 2 * reach) / cell);
    const rows = Math.ceil((north0 - south0 + 2 * reach) / cell);
    const near = new Int32Array(columns * rows * NEIGHBOURS).fill(-1);
    const weight = new Float32Array(columns * rows * NEIGHBOURS);
    const edge = this.nearStreets(west, north, cell, columns, rows);
    const hash = this.hashZones(reach);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const x = west + (column + 0.5) * cell;
        const y = north - (row + 0.5) * cell;
        const at = row * columns + column;
        if (!edge[at]) continue;
        const found = nearestZones(hash, this.zones, reach, x, y).slice(0, NEIGHBOURS);
        if (!found.length) edge[at] = 0;
        found.forEach(([distance, zone], k) => {
          near[at * NEIGHBOURS + k] = zone;
          weight[at * NEIGHBOURS + k] = (1 - distance / reach) ** 2 / (distance / reach + 0.05) ** 2;
        });
      }
    }
    return { west, north, cell, columns, rows, near, weight, edge };
  }

  usualDistance() {
    const [west, south, east, north] = this.baseMap.message.bounds;
    return Math.sqrt(((east - west) * (north - south)) / this.count);
  }

  hashZones(reach) {
    const hash = new Map();
    for (let zone = 0; zone < this.count; zone++) {
      const key = `${Math.floor(this.zones[3 * zone] / reach)},${Math.floor(this.zones[3 * zone + 1] / reach)}`;
      if (!hash.has(key)) hash.set(key, []);
      hash.get(key).push(zone);
    }
    return hash;
  }

  // How far each cell lies within the city, 0 to 1: only land by a street is coloured.
  nearStreets(west, north, cell, columns, rows) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [columns, rows];
    const ctx = canvas.getContext("2d", { willReadFrequently: true });
    ctx.setTransform(1 / cell, 0, 0, -1 / cell, -west / cell, north / cell);
    this.baseMap.paintNear(ctx, Math.max(STREET_M, 2.5 * cell));
    const { data } = ctx.getImageData(0, 0, columns, rows);
    return Float32Array.from({ length: columns * rows }, (_, at) => data[4 * at + 3] / 255);
  }

  picture(colourOf, soft) {
    const { columns, rows, edge } = this.grid;
    const canvas = document.createElement("canvas");
    canvas.width = columns;
    canvas.height = rows;
    const ctx = canvas.getContext("2d");
    const image = ctx.createImageData(columns, rows);
    for (let at = 0; at < columns * rows; at++) {
      if (!edge[at]) continue;
      const [red, green, blue, opacity] = colourOf(soft ? this.mean(at, soft) : this.grid.near[at * NEIGHBOURS]);
      image.data.set([red, green, blue, 255 * opacity * edge[at]], 4 * at);
    }
    ctx.putImageData(image, 0, 0);
    return canvas;
  }

  // Mean of the values of the zones round a cell; NaN if the nearest has none.
  mean(at, values) {
    const { near, weight } = this.grid;
    let sum = 0;
    let all = 0;
    for (let k = at * NEIGHBOURS; k < (at + 1) * NEIGHBOURS; k++) {
      const value = near[k] < 0 ? NaN : values[near[k]];
      if (Number.isNaN(value)) {
        if (k === at * NEIGHBOURS) return NaN;
        continue;
      }
      sum += weight[k] * value;
      all += weight[k];
    }
    return sum / all;
  }
}

// Zones round a place as [distance, zone], nearest first.
function nearestZones(hash, zones, reach, x, y) {
  const found = [];
  const [u, v] = [Math.floor(x / reach), Math.floor(y / reach)];
  for (let i = u - 1; i <= u + 1; i++) {
    for (let j = v - 1; j <= v + 1; j++) {
      for (const zone of hash.get(`${i},${j}`) || []) {
        const distance = Math.hypot(zones[3 * zone] - x, zones[3 * zone + 1] - y);
        if (distance < reach) found.push([distance, zone]);
      }
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}

export function channels(colour) {
  return [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
}

export function drawDemand(ctx, world, ratio) {
  const { tints, camera, palette } = world;
  const shares = Float32Array.from({ length: tints.count }, (_, zone) => tints.zones[3 * zone + 2]);
  const most = Float32Array.from(shares).sort()[Math.floor(0.97 * (shares.length - 1))] || 1;
  const colour = channels(palette.demand);
  tints.draw(ctx, camera, ratio, "demand", (share) => [...colour, palette.demand_opacity * Math.min(1, share / most) ** 0.75], shares);
}

export function drawCoverage(ctx, world, ratio) {
  const { tints, camera, palette, covered } = world;
  if (!covered) return;
  const steps = palette.seconds.map(channels);
  const step = world.coverageStep;
  const values = Float32Array.from(covered, (seconds) => (seconds < 0 ? NaN : seconds));
  const none = channels(palette.unreached);
  const colourOf = (seconds) =>
    Number.isNaN(seconds)
      ? [...none, 0.6]
      : [...steps[Math.min(steps.length - 1, Math.floor(seconds / step))], palette.seconds_opacity];
  tints.draw(ctx, camera, ratio, "coverage", colourOf, values);
}

// Seconds of one colour, in whole minutes, so that the scale holds nearly all that was ever seen.
export function coverageStep(covered, before, colours) {
  const reached = covered.filter((seconds) => seconds >= 0).sort((a, b) => a - b);
  const far = reached[Math.floor(0.95 * (reached.length - 1))] || 0;
  const fits = (step) => step * colours >= far;
  return Math.max(before, [60, 120, 300, 600].find(fits) || 1800);
}

export function drawEpidemic(ctx, world, ratio) {
  const { tints, camera, palette, districts } = world;
  if (!districts.size) return;
  const colour = channels(palette.epidemic);
  const most = epidemicTop(districts);
  const colourOf = (zone) => {
    const mark = districts.get(tints.districts.get(zone));
    return [...colour, mark && mark.level ? 0.08 + 0.62 * Math.min(1, mark.level / most) : 0];
  };
  tints.draw(ctx, camera, ratio, "epidemic", colourOf, null);
}

// Where the scale of the epidemic ends, persons infectious per inhabitant: 0.1 %, 0.2 %, 0.5 %, …
export function epidemicTop(districts) {
  const levels = [...districts.values()].map((mark) => mark.level || 0);
  const highest = Math.max(0.001, ...levels);
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((k) => k * power).find((top) => top >= highest * 0.999);
}
