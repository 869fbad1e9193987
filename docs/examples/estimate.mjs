// A face chip to age, 80% interval and gender, with ONNX Runtime alone, in Node as in a browser:
//
//   python -m train export --format onnx && npm install onnxruntime-web
//   node docs/examples/estimate.mjs exports/age_gender.onnx chip.rgb     # 200 × 200 pixels of 3 bytes
import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-web";

const [model, picture] = process.argv.slice(2);
const contract = JSON.parse(await readFile(model.replace(/onnx$/, "json"), "utf8"));
const { ages, age_low, age_high, std_power, gender_temperature } = contract.calibration;
const session = await ort.InferenceSession.create(await readFile(model));
const chips = new ort.Tensor("float32", Float32Array.from(await readFile(picture)), [1, 200, 200, 3]);
const out = await session.run({ chips });

const age = out.age.data[0];
const variance = out.age_distribution.data.reduce((sum, share, year) => sum + share * (year - age) ** 2, 0);
const interval = [age_low, age_high].map((ends) => {
  const above = ages.findIndex((knot) => knot > age);
  const next = above < 0 ? ages.length - 1 : Math.max(above, 1);
  const share = Math.min(Math.max((age - ages[next - 1]) / (ages[next] - ages[next - 1]), 0), 1);
  const end = ends[next - 1] + share * (ends[next] - ends[next - 1]);
  return Math.min(Math.max(age + end * Math.sqrt(variance) ** std_power, contract.years[0]), contract.years[1]);
});
const odds = [...out.gender.data].map((share) => Math.exp(Math.log(Math.max(share, 1e-7)) / gender_temperature));
const best = odds.indexOf(Math.max(...odds));
const certain = odds[best] / odds.reduce((sum, one) => sum + one) >= contract.certain_gender;
const stated_gender = certain ? contract.genders[best] : contract.uncertain;
console.log(JSON.stringify({ age, interval, stated_gender }));
