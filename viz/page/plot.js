// One chart that does not move: Plotly draws what the server has made.

const CONFIG = { displayModeBar: false, responsive: true };

function render({ model, el }) {
  const box = document.createElement('div');
  box.className = 'r-plot';
  el.append(box);
  let gone = false;
  async function draw() {
    const { data, layout } = model.get('figure');
    box.style.height = `${layout.height || 280}px`;
    const plotly = await window.corridorPlotly().catch(() => null);
    if (!plotly || gone) {
      if (!plotly) box.textContent = 'Charts cannot be drawn here: their script was not loaded.';
      return;
    }
    await plotly.react(box, data, layout, CONFIG);
    box.dataset.drawn = 'true';
  }
  const watch = new ResizeObserver(() => { // a chart may be drawn before its card has its width
    if (!gone && box.dataset.drawn && box.clientWidth) window.Plotly.Plots.resize(box);
  });
  watch.observe(box);
  model.on('change:figure', draw);
  draw();
  return () => {
    gone = true;
    watch.disconnect();
    model.off('change:figure', draw);
    if (window.Plotly) window.Plotly.purge(box);
  };
}

export default { render };
