// Offers the codes that fit while somebody types: fills the list of the field from the page of codes. An empty
// field offers the usual ones again.
for (const field of document.querySelectorAll("input[data-codes]")) {
  const usual = field.list.innerHTML;
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = field.value;
      if (!typed.trim()) {
        field.list.innerHTML = usual;
        return;
      }
      const answer = await fetch(`${field.dataset.codes}?daftar=1&q=${encodeURIComponent(typed)}`);
      if (answer.ok && typed === field.value) field.list.innerHTML = await answer.text();
    }, 200);
  });
}
