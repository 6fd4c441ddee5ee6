/** Hands a file made in this tab to the person, without any request. */
export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of the data by the next minute; before that it may still be reading.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
