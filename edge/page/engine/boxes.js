// Boxes as [left, top, right, bottom], pixels: model/detection/boxes.py in JavaScript.

// Indices of the boxes that overlap no box of higher score by more than `overlap`, highest score first. A box that is
// itself suppressed still suppresses others.
export function nonMaxSuppression(boxes, scores, overlap, of = "union") {
  const order = boxes.map((_, i) => i).sort((i, j) => scores[j] - scores[i]);
  return order.filter((box, rank) => {
    for (let other = 0; other < rank; other++) {
      if (boxIou(boxes[box], boxes[order[other]], of) > overlap) return false;
    }
    return true;
  });
}

// The share that both boxes cover, of their union or of the smaller one, 0-1.
export function boxIou(box, other, of = "union") {
  const width = Math.min(box[2], other[2]) - Math.max(box[0], other[0]);
  const height = Math.min(box[3], other[3]) - Math.max(box[1], other[1]);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  const [area, otherArea] = [areaOf(box), areaOf(other)];
  return both / (of === "smaller" ? Math.min(area, otherArea) : area + otherArea - both);
}

export const areaOf = ([left, top, right, bottom]) => (right - left) * (bottom - top);

// Each corner moved by a network's offsets, which are in widths and heights of the box.
export function moved([left, top, right, bottom], offsets) {
  const [width, height] = [right - left + 1, bottom - top + 1];
  return [
    left + offsets[0] * width,
    top + offsets[1] * height,
    right + offsets[2] * width,
    bottom + offsets[3] * height,
  ];
}

// The square of the longer side around the same centre.
export function squared([left, top, right, bottom]) {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const half = Math.max(right - left, bottom - top) / 2;
  return [x - half, y - half, x + half, y + half];
}
