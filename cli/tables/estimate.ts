/** A 95 % interval. */
export function interval({ low, high }: { low: number; high: number }): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

/** A figure, with its interval where it has one. */
export function estimate({ value, low, high }: { value: number; low?: number | undefined; high?: number | undefined }): string {
  return low === undefined || high === undefined ? value.toFixed(4) : `${value.toFixed(4)}  ${interval({ low, high })}`;
}
