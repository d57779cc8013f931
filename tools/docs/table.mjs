/** Text as a cell of a Markdown table that Vue also leaves as it is. @param {string} text */
export function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('{{', '{ {').replace(/\s+/g, ' ').trim();
}
