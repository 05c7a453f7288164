/** The mark of Baleen, drawn in the current colour. */
export function BrandMark() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M3 7c0 7 4 11 9 11s9-4 9-11" />
      <path d="M7 8v7M10.3 8v9.4M13.7 8v9.4M17 8v7" />
    </svg>
  );
}
