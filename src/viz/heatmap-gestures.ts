import { type RefObject, useEffect, useRef } from 'react';
import {
  type Cell,
  cellAt,
  clampViewport,
  isFit,
  panBy,
  type Viewport,
  type ViewportFrame,
  zoomAt,
} from './viewport.ts';

/** Pixels a pointer may wander before a press becomes a drag. */
const DRAG_THRESHOLD = 4;
/** Zoom per pixel of wheel travel; a notch of a mouse wheel is about 100. */
const WHEEL_RATE = 0.0022;
/** Trackpad pinches arrive as wheel events with much smaller travel. */
const PINCH_RATE = 0.012;

export interface HeatmapGestures {
  readonly view: Viewport;
  readonly frame: ViewportFrame;
  /** Top left corner of the matrix within the element. */
  readonly left: number;
  readonly top: number;
  readonly setView: (view: Viewport) => void;
  readonly onHover: (cell: Cell | null) => void;
  readonly onClick: (cell: Cell) => void;
  readonly onDoubleClick: (cell: Cell, px: number, py: number) => void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Wheel and pinch zoom, drag pans, click and double click. One finger scrolls the page while the
 * whole matrix is in view, and the wheel scrolls on where there is nothing left to zoom out: nobody
 * is held captive by a picture.
 */
export function useHeatmapGestures(element: RefObject<HTMLElement | null>, gestures: HeatmapGestures): void {
  const latest = useRef(gestures);
  latest.current = gestures;

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const pointers = new Map<number, Point>();
    let pressed: Point | null = null;
    let dragging = false;

    const locate = (event: MouseEvent): Point => {
      const box = target.getBoundingClientRect();
      return { x: event.clientX - box.left - latest.current.left, y: event.clientY - box.top - latest.current.top };
    };
    const cell = ({ x, y }: Point) => cellAt(latest.current.view, latest.current.frame, x, y);

    const onWheel = (event: WheelEvent) => {
      const { view, frame, setView } = latest.current;
      const point = locate(event);
      if (!cell(point)) return;
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
      const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? PINCH_RATE : WHEEL_RATE));
      const next = zoomAt(view, frame, factor, point.x, point.y);
      if (next.scale === view.scale) return;
      event.preventDefault();
      setView(next);
    };

    const onPointerDown = (event: PointerEvent) => {
      if (event.button !== 0) return;
      const point = locate(event);
      pointers.set(event.pointerId, point);
      if (pointers.size === 1) {
        pressed = point;
        dragging = false;
      } else {
        // A second finger: whatever this was, it is not a click.
        dragging = true;
      }
    };

    const onPointerMove = (event: PointerEvent) => {
      const { view, frame, setView, onHover } = latest.current;
      const point = locate(event);
      const before = pointers.get(event.pointerId);
      if (!before) {
        onHover(cell(point));
        return;
      }
      if (pressed && !dragging && Math.hypot(point.x - pressed.x, point.y - pressed.y) > DRAG_THRESHOLD) {
        dragging = true;
        target.setPointerCapture(event.pointerId);
      }
      if (!dragging) return;
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      pointers.set(event.pointerId, point);
      if (other) {
        const factor = distance(point, other) / Math.max(1, distance(before, other));
        const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
        const zoomed = zoomAt(view, frame, factor, middle.x, middle.y);
        setView(clampViewport(panBy(zoomed, frame, (point.x - before.x) / 2, (point.y - before.y) / 2), frame));
      } else {
        setView(panBy(view, frame, point.x - before.x, point.y - before.y));
      }
    };

    const onPointerUp = (event: PointerEvent) => {
      const point = locate(event);
      const known = pointers.delete(event.pointerId);
      if (known && pointers.size === 0) {
        const hit = cell(point);
        if (!dragging && hit) latest.current.onClick(hit);
        pressed = null;
        dragging = false;
      }
    };

    const onPointerCancel = (event: PointerEvent) => {
      pointers.delete(event.pointerId);
      if (pointers.size === 0) {
        pressed = null;
        dragging = false;
      }
    };

    const onDoubleClick = (event: MouseEvent) => {
      const point = locate(event);
      const hit = cell(point);
      if (hit) latest.current.onDoubleClick(hit, point.x, point.y);
    };

    const onLeave = () => latest.current.onHover(null);

    target.addEventListener('wheel', onWheel, { passive: false });
    target.addEventListener('pointerdown', onPointerDown);
    target.addEventListener('pointermove', onPointerMove);
    target.addEventListener('pointerup', onPointerUp);
    target.addEventListener('pointercancel', onPointerCancel);
    target.addEventListener('pointerleave', onLeave);
    target.addEventListener('dblclick', onDoubleClick);
    return () => {
      target.removeEventListener('wheel', onWheel);
      target.removeEventListener('pointerdown', onPointerDown);
      target.removeEventListener('pointermove', onPointerMove);
      target.removeEventListener('pointerup', onPointerUp);
      target.removeEventListener('pointercancel', onPointerCancel);
      target.removeEventListener('pointerleave', onLeave);
      target.removeEventListener('dblclick', onDoubleClick);
    };
  }, [element]);
}

/** What the browser may do with a finger on the matrix: scroll the page while all of it is in view. */
export function touchAction(view: Viewport, frame: ViewportFrame): 'pan-y' | 'none' {
  return isFit(view, frame) ? 'pan-y' : 'none';
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
