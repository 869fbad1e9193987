// Shows a picture with its faces and, beside it, the answer for one of them: the range of its age first.

import { femaleProbability } from "./engine/calibration.js";
import rules from "./rules.js";

const find = (id) => document.getElementById(id);
const canvas = find("picture");
const context = canvas.getContext("2d");

const SMALLEST_LABEL = 0.035; // of the picture's height: readable on a phone and from a back row

let selected = 0;

// The picture, `copy`, with the boxes of its faces, which are in pixels of a picture of the given size.
export function showPicture(copy, faces, width, height, mirrored = false) {
  find("start").hidden = true;
  find("result").hidden = false;
  find("card").hidden = !faces.length;
  find("tabs").hidden = faces.length < 2;
  Object.assign(canvas, { width: copy.width, height: copy.height });
  if (mirrored) context.setTransform(-1, 0, 0, 1, copy.width, 0);
  context.drawImage(copy, 0, 0);
  context.resetTransform();
  // The largest face is drawn last, so that nothing covers its label.
  for (const face of [...faces].reverse()) mark(face, faces, copy.width / width, copy.height / height);
}

// The answer { faces, width, height }. In live video, the face seen for the longest time stays selected.
export function showFaces(copy, { faces, width, height }, { live = false, mirrored = false } = {}) {
  const numbered = faces.map((face, i) => {
    const [x, y, boxWidth, boxHeight] = face.box;
    return { number: i + 1, ...face, box: [mirrored ? width - x - boxWidth : x, y, boxWidth, boxHeight] };
  });
  if (!live) selected = 0;
  const choose = (i) => {
    selected = i;
    showFaces.redraw();
  };
  showFaces.redraw = () => {
    const chosen = Math.min(selected, numbered.length - 1);
    showPicture(copy, numbered, width, height, mirrored);
    showTabs(numbered, chosen, choose);
    if (numbered.length) showCard(numbered[chosen], live);
  };
  canvas.onclick = ({ offsetX, offsetY }) => {
    const [x, y] = [(offsetX / canvas.clientWidth) * width, (offsetY / canvas.clientHeight) * height];
    const hit = numbered.findIndex(({ box }) => x >= box[0] && y >= box[1] && x < box[0] + box[2] && y < box[1] + box[3]);
    if (hit >= 0) choose(hit);
  };
  showFaces.redraw();
}

function showTabs(faces, chosen, choose) {
  const tabs = find("tabs");
  while (tabs.children.length > faces.length) tabs.lastChild.remove();
  faces.forEach(({ number }, i) => {
    const tab = tabs.children[i] ?? tabs.appendChild(Object.assign(document.createElement("button"), { type: "button" }));
    tab.textContent = `Face ${number}`;
    tab.ariaPressed = String(i === chosen);
    tab.onclick = () => choose(i);
  });
}

function showCard(face, live) {
  const range = `${face.ageLow.toFixed(0)}–${face.ageHigh.toFixed(0)}`;
  const words = genderInWords(face);
  find("range").textContent = range;
  find("age").textContent = face.age.toFixed(0);
  find("gender").textContent = words;
  const bar = find("meter").firstElementChild;
  bar.style.width = `${100 * face.genderProbability}%`;
  bar.style.background = rules.colours[face.statedGender];
  find("coverage").textContent = (100 * rules.coverage).toFixed(0);
  find("warnings").replaceChildren(...face.warnings.map(warning));
  // Live, a person would be told more than anyone can listen to.
  if (!live) {
    const ages = `${range.replace("–", " to ")} years, best guess ${face.age.toFixed(0)}`;
    find("heard").textContent = `Face ${face.number}: ${ages}. ${words}.`;
  }
}

function warning(code) {
  const item = document.createElement("li");
  const badge = document.createElement("b");
  badge.textContent = code[0].toUpperCase() + code.slice(1);
  item.append(badge, rules.quality.warnings[code]);
  return item;
}

// As components/photo/face_card.py says it: "Female: 97% probable", or "Gender uncertain: 62% female, 38% male".
export function genderInWords(face) {
  const { statedGender, genderProbability } = face;
  if (statedGender !== rules.uncertain) {
    const name = statedGender[0].toUpperCase() + statedGender.slice(1);
    return `${name}: ${percent(genderProbability)} probable`;
  }
  const female = Math.round(100 * femaleProbability(face));
  return `Gender uncertain: ${female}% female, ${100 - female}% male`;
}

const percent = (share) => (share > 0.99 && share < 1 ? "over 99%" : `${(100 * share).toFixed(0)}%`);

// A box and a label above it, or inside its upper edge where there is no room above; always within the picture.
function mark(face, faces, scaleX, scaleY) {
  const [x, y, width, height] = face.box.map((value, i) => value * (i % 2 ? scaleY : scaleX));
  const longest = Math.max(canvas.width, canvas.height);
  const stroke = Math.max(2, Math.round(longest / 400));
  const colour = rules.colours[face.statedGender];
  for (const [style, line] of [["#fff", 2 * stroke], [colour, stroke]]) {
    context.strokeStyle = style;
    context.lineWidth = line;
    context.strokeRect(x, y, width, height);
  }
  const text = faces.length > 1 ? `${face.number}: ${describe(face)}` : describe(face);
  const size = Math.round(Math.max(Math.min(width / 8, longest / 25), longest / 45, SMALLEST_LABEL * canvas.height));
  context.font = `600 ${size}px "Source Sans 3", system-ui, sans-serif`;
  const [labelWidth, labelHeight] = [context.measureText(text).width + size / 2, 1.4 * size];
  const left = Math.max(0, Math.min(x - stroke / 2, canvas.width - labelWidth));
  const top = y >= labelHeight ? y - labelHeight : Math.max(0, y);
  context.fillStyle = colour;
  context.fillRect(left, top, labelWidth, labelHeight);
  context.fillStyle = rules.textColours[face.statedGender];
  context.textBaseline = "middle";
  context.fillText(text, left + size / 4, top + labelHeight / 2);
}

// A face in a few words, as model/drawing.py: "34 · female", "34 · uncertain · small, turned".
export const describe = (face) =>
  [face.age.toFixed(0), face.statedGender, face.warnings.join(", ")].filter(Boolean).join(" · ");
