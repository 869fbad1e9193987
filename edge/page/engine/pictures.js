// Pictures as { width, height, data }: planes of red, green and blue, one after another, of bytes or floats.
// Bytes are clamped and rounded when they are written. Sampling is OpenCV's, so that pixels come out as in Python.

// To the nearest whole number, halves to the even one as Python does it.
export function round(value) {
  const up = Math.floor(value + 0.5);
  return up - value === 0.5 && up % 2 ? up - 1 : up;
}

export const blank = (width, height, Data) => ({ width, height, data: new Data(3 * width * height) });

// From the RGBA bytes of ImageData, which must be opaque.
export function fromRgba({ width, height, data }) {
  const picture = blank(width, height, Uint8ClampedArray);
  const size = width * height;
  for (let i = 0, j = 0; i < size; i++, j += 4) {
    picture.data[i] = data[j];
    picture.data[size + i] = data[j + 1];
    picture.data[2 * size + i] = data[j + 2];
  }
  return picture;
}

export const toFloats = (picture) => ({ ...picture, data: Float32Array.from(picture.data) });

// Resized with one of the kernels below, along rows first and then along columns.
export function resize(picture, width, height, kernel) {
  const { width: oldWidth, height: oldHeight, data } = picture;
  const across = kernel(oldWidth, width);
  const down = kernel(oldHeight, height);
  const resized = blank(width, height, data.constructor);
  const rows = new Float32Array(width * oldHeight);
  for (let plane = 0; plane < 3; plane++) {
    const [from, to] = [plane * oldWidth * oldHeight, plane * width * height];
    for (let y = 0; y < oldHeight; y++) {
      const row = from + y * oldWidth;
      for (let x = 0, k = 0; x < width; x++) {
        let sum = 0;
        for (let tap = 0; tap < across.taps; tap++, k++) sum += data[row + across.at[k]] * across.weights[k];
        rows[y * width + x] = sum;
      }
    }
    for (let y = 0; y < height; y++) {
      const sums = new Float32Array(width);
      for (let k = y * down.taps; k < (y + 1) * down.taps; k++) {
        const row = down.at[k] * width;
        const weight = down.weights[k];
        for (let x = 0; x < width; x++) sums[x] += rows[row + x] * weight;
      }
      resized.data.set(sums, to + y * width);
    }
  }
  return resized;
}

// A kernel gives, for each of `to` new pixels, where and how much of the `from` old ones it takes.
function kernel(taps, sample) {
  return (from, to) => {
    const at = new Int32Array(taps(from / to) * to);
    const weights = new Float32Array(at.length);
    const width = at.length / to;
    for (let x = 0; x < to; x++) {
      sample(x, from / to, from).forEach(([index, weight], tap) => {
        at[x * width + tap] = Math.min(Math.max(index, 0), from - 1);
        weights[x * width + tap] = weight;
      });
    }
    return { taps: width, at, weights };
  };
}

export const LINEAR = kernel(() => 2, (x, scale) => {
  const centre = (x + 0.5) * scale - 0.5;
  const low = Math.floor(centre);
  return [[low, 1 - centre + low], [low + 1, centre - low]];
});

export const CUBIC = kernel(() => 4, (x, scale) => {
  const centre = (x + 0.5) * scale - 0.5;
  const low = Math.floor(centre);
  return [-1, 0, 1, 2].map((step) => [low + step, cubic(Math.abs(centre - low - step))]);
});

const A = -0.75; // OpenCV's choice for the slope of the cubic at 1
const cubic = (d) => (d <= 1 ? (A + 2) * d ** 3 - (A + 3) * d ** 2 + 1 : A * (d ** 3 - 5 * d ** 2 + 8 * d - 4));

// The mean over the area that a new pixel covers; for shrinking only.
export const AREA = kernel((scale) => Math.ceil(scale) + 1, (x, scale, from) => {
  const [low, high] = [x * scale, Math.min((x + 1) * scale, from)];
  const covered = [];
  for (let i = Math.floor(low); i < high; i++) {
    covered.push([i, Math.max(0, Math.min(high, i + 1) - Math.max(low, i)) / (high - low)]);
  }
  return covered;
});

// The picture halved as often as the size allows, each pixel the mean of four: from there, bilinear sampling skips no
// pixel. A last odd row or column is left out.
export function halved(picture, width, height) {
  while (picture.width >= 2 * width && picture.height >= 2 * height) {
    const even = part(picture, 0, 0, picture.width & ~1, picture.height & ~1);
    picture = resize(even, even.width / 2, even.height / 2, AREA);
  }
  return picture;
}

// The part of a picture from (left, top) up to, but without, (right, bottom).
export function part(picture, left, top, right, bottom) {
  const [width, height] = [right - left, bottom - top];
  if (width === picture.width && height === picture.height) return picture;
  const cut = blank(width, height, picture.data.constructor);
  for (let plane = 0, to = 0; plane < 3; plane++) {
    for (let y = top; y < bottom; y++, to += width) {
      const from = (plane * picture.height + y) * picture.width + left;
      cut.data.set(picture.data.subarray(from, from + width), to);
    }
  }
  return cut;
}

// A picture after so many quarter turns to the left.
export function turn(picture, turns) {
  const { width, height, data } = picture;
  const turned = turns % 2 ? blank(height, width, data.constructor) : blank(width, height, data.constructor);
  const [first, right, down] = [
    [0, 1, width],
    [width - 1, width, -1],
    [width * height - 1, -1, -width],
    [width * (height - 1), -width, 1],
  ][turns];
  for (let plane = 0, to = 0; plane < 3; plane++) {
    for (let y = 0; y < turned.height; y++) {
      let from = plane * width * height + first + y * down;
      for (let x = 0; x < turned.width; x++, to++, from += right) turned.data[to] = data[from];
    }
  }
  return turned;
}

// A picture of the given size whose pixel (x, y) is that at (ax + by + c, dx + ey + f) of the old one, bilinear.
// Beyond the edges, `border` is the value of the ground; without it, the pixels at the edge are repeated.
export function warp(picture, [a, b, c, d, e, f], width, height, border) {
  const warped = blank(width, height, picture.data.constructor);
  const size = width * height;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      sample(picture, a * x + b * y + c, d * x + e * y + f, border, warped.data, to, size);
    }
  }
  return warped;
}

// Writes red, green and blue between four pixels to `to`, `to + step` and `to + 2 * step` of the target.
export function sample(picture, x, y, border, target, to, step) {
  const { width, height, data } = picture;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const bottom = y - top;
  if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
    let i = top * width + left;
    for (let plane = 0; plane < 3; plane++, to += step, i += width * height) {
      const above = data[i] + (data[i + 1] - data[i]) * right;
      const below = data[i + width] + (data[i + width + 1] - data[i + width]) * right;
      target[to] = above + (below - above) * bottom;
    }
    return;
  }
  for (let plane = 0; plane < 3; plane++, to += step) {
    const above = at(picture, plane, left, top, border) * (1 - right) + at(picture, plane, left + 1, top, border) * right;
    const below =
      at(picture, plane, left, top + 1, border) * (1 - right) + at(picture, plane, left + 1, top + 1, border) * right;
    target[to] = above * (1 - bottom) + below * bottom;
  }
}

// One value, also beyond the edges.
function at({ width, height, data }, plane, x, y, border) {
  if (border !== undefined && (x < 0 || y < 0 || x >= width || y >= height)) return border;
  const column = Math.min(Math.max(x, 0), width - 1);
  return data[(plane * height + Math.min(Math.max(y, 0), height - 1)) * width + column];
}
