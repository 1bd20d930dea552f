import { useMemo } from 'react';
import { encode } from 'uqr';

/** A QR code of dark dots on white, in both themes: cameras read no other. */
export function QrCode({ value, label, size = 240 }: { value: string; label: string; size?: number }) {
  const { path, width } = useMemo(() => drawn(value), [value]);
  return (
    <svg
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${width} ${width}`}
      shapeRendering="crispEdges"
    >
      <rect width={width} height={width} rx={1} fill="#ffffff" />
      <path d={path} fill="#10181b" />
    </svg>
  );
}

function drawn(value: string): { path: string; width: number } {
  const { data } = encode(value, { border: 2 });
  const dots = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { path: dots.join(''), width: data.length };
}
