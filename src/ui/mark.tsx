/** The mark: a rounded square, violet into coral. */
export function Mark({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="4 4 56 56" aria-hidden="true" style={{ flex: 'none', display: 'block' }}>
      <defs>
        <linearGradient id="tm-mark" x1="0.1" y1="0" x2="0.95" y2="1">
          <stop offset="0.12" stopColor="#8f83ff" />
          <stop offset="0.5" stopColor="#4a3ae0" />
          <stop offset="0.68" stopColor="#b8508a" />
          <stop offset="0.95" stopColor="#ff8a62" />
        </linearGradient>
      </defs>
      <rect x="4" y="4" width="56" height="56" rx="16" fill="url(#tm-mark)" />
    </svg>
  );
}
