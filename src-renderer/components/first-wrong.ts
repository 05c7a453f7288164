/** Where a form that was refused takes its reader: to the first field that is marked wrong, opened, in view, with the focus. */

/** Answers the label of that field; null: no field is marked. */
export function goToFirstWrong(form: Element | null): string | null {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"], .field-error');
  if (field === null || field === undefined) return null;
  const folded = field.closest('details');
  if (folded !== null) folded.open = true;
  const { labels } = field as HTMLInputElement;
  // A group has no field of its own that is wrong: its first control is nearest.
  const target =
    labels === undefined ? field.parentElement?.querySelector<HTMLElement>('input, button') : field;
  target?.focus({ preventScroll: true });
  void field.scrollIntoView({ block: 'center' });
  return labels?.[0]?.textContent ?? '';
}
