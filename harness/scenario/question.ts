/** The line that tells an editor where the schema is. */
const EDITOR_LINE = /^#\s*yaml-language-server:/;
/** What may stand before and between the comments at the top: directives, the start of the document, empty lines. */
const SKIPPED = /^(?:%.*|---\s*|\s*)$/;

/** The question a scenario answers: the comments above its first key, without the marks. Empty if there are none. */
export function questionOf(source: string): string {
  const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('#') && !SKIPPED.test(line));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .filter((line) => line.startsWith('#') && !EDITOR_LINE.test(line))
    .map((line) => line.replace(/^#+ ?/, '').trimEnd())
    .join('\n')
    .trim();
}
