/* Offer the colleagues of a case after an "@", and choose the one that is tapped. The select works alone. */
"use strict";

for (const field of document.querySelectorAll("[data-form='case-note'] textarea")) {
  const choice = field.form.elements.mentioned;
  const list = document.createElement("ul");
  list.className = "suggest";
  list.hidden = true;
  field.after(list);

  field.addEventListener("input", () => {
    const typed = /(?:^|\s)@([^@\n]{0,30})$/.exec(field.value.slice(0, field.selectionStart));
    const wanted = typed ? typed[1].toLocaleLowerCase() : null;
    const found = [...choice.options].filter(
      (option) => option.value && wanted !== null && option.text.toLocaleLowerCase().includes(wanted),
    );
    list.replaceChildren(...found.slice(0, 5).map((option) => offer(option, typed[1].length + 1)));
    list.hidden = !found.length;
  });

  function offer(option, length) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = option.text;
    button.addEventListener("click", () => {
      const end = field.selectionStart;
      field.setRangeText("", end - length, end, "end");
      choice.value = option.value;
      list.hidden = true;
      field.focus();
    });
    item.append(button);
    return item;
  }
}
