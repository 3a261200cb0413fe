// Runs before the first paint: which look is wanted, kept on this machine or as the system says.
window.corridorLook = {
    key: 'corridor-look',
    system: window.matchMedia('(prefers-color-scheme: dark)'),
    wanted() { try { return localStorage.getItem(this.key) || 'system'; } catch { return 'system'; } },
    isDark() { return this.wanted() === 'system' ? this.system.matches : this.wanted() === 'dark'; },
    want(look) {
        try { localStorage.setItem(this.key, look); } catch { /* private window: for this page only */ }
        this.show();
    },
    show() { document.documentElement.dataset.dark = this.isDark(); },
};
window.corridorLook.show();

// Plotly is large: it is asked for once, by the first that may want it.
window.corridorPlotly = () => {
    window.corridorPlotlyAsked = window.corridorPlotlyAsked || new Promise((resolve, reject) => {
        const script = document.createElement('script');
        const amd = window.define && window.define.amd;
        if (amd) window.define.amd = undefined; // or it would hide itself in requirejs
        script.src = '/corridor/plotly.min.js';
        script.onload = () => { if (amd) window.define.amd = amd; resolve(window.Plotly); };
        script.onerror = () => { if (amd) window.define.amd = amd; reject(new Error('no charts')); };
        document.head.appendChild(script);
    });
    return window.corridorPlotlyAsked;
};

// Who has pressed a button with the mouse wants space to run and pause, and not to press it again;
// who came to it by the keyboard keeps it.
document.addEventListener('click', (event) => {
    if (!event.detail) return;
    setTimeout(() => { // a label passes its click on
        const one = document.activeElement;
        if (one && one.matches('button, summary, input[type="checkbox"], input[type="range"]')) one.blur();
    });
});
