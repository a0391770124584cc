"use strict";
(() => {
  const lacking = document.getElementById("lacking");
  lacking?.addEventListener("change", () => {
    for (const row of document.querySelectorAll(".edit tbody tr")) row.hidden = lacking.checked && !row.classList.contains("lacking");
  });
})();
