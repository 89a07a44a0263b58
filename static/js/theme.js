// Loaded in the head without defer: the reader's choice of light or dark must stand before the first paint.
(() => {
  try {
    const chosen = localStorage.getItem("ntm-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be switched off: then the system decides.
  }
})();
