"use strict";
(function () {
  const panels = JSON.parse(document.getElementById("panels").textContent);
  const touch = window.matchMedia("(pointer: coarse)").matches;
  const narrow = window.matchMedia("(max-width: 640px)");
  const config = { responsive: true, displaylogo: false, displayModeBar: touch ? false : "hover" };
  const chosen = {};

  function put(layout, path, value) {
    const keys = path.split("."), last = keys.pop();
    let place = layout;
    for (const key of keys) place = place[key] = place[key] || {};
    place[last] = value;
  }

  function draw(key) {
    const figure = panels[key][chosen[key] || 0];
    const layout = JSON.parse(JSON.stringify(figure.layout));
    if (touch) layout.dragmode = false;
    if (narrow.matches) {
      layout.font.size = 12;
      layout.margin.l = layout.margin.r = 4;
      for (const [path, value] of Object.entries(figure.narrow || {})) put(layout, path, value);
    }
    const place = document.getElementById(key);
    place.style.height = layout.height + "px";
    return Plotly.react(place, figure.data, layout, config);
  }

  function fit(width) {
    for (const key of Object.keys(panels)) {
      Plotly.relayout(key, width ? { width: width } : { width: null, autosize: true });
    }
  }

  Object.keys(panels).forEach(draw);
  narrow.addEventListener("change", () => Object.keys(panels).forEach(draw));
  for (const choice of document.querySelectorAll("select[data-panel]")) {
    choice.addEventListener("change", () => {
      chosen[choice.dataset.panel] = Number(choice.value);
      draw(choice.dataset.panel);
    });
  }
  window.addEventListener("beforeprint", () => fit(680));
  window.addEventListener("afterprint", () => fit(0));
})();
