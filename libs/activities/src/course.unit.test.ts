import { MemoryStore, type ObjectStore } from '@mipnet/object-store';
import { describe, expect, test } from 'vitest';
import { CourseRecorder, getCourse, putCourse } from './course.js';

describe('the course of a solve', () => {
  test('has a limited number of points, from the beginning to the certified end, in order of time', () => {
    let now = 0;
    const course = new CourseRecorder(0, () => now);
    for (let at = 0; at < 100_000; at++) {
      now = at * 10;
      course.add({ objective: 1e6 - at, bound: at });
    }
    const points = course.end(2_000_000, { objective: 5, bound: 4 });
    expect(points.length).toBeGreaterThan(40);
    expect(points.length).toBeLessThanOrEqual(101);
    expect(points[0].seconds).toBeLessThan(1);
    expect(points.at(-1)).toEqual({ seconds: 2000, objective: 5, bound: 4 });
    expect(points.map(({ seconds }) => seconds)).toEqual(
      points.map(({ seconds }) => seconds).toSorted((a, b) => a - b),
    );
    // No long stretch without a point.
    expect(Math.max(...points.slice(1, -1).map(({ seconds }, at) => seconds - points[at].seconds))).toBeLessThan(60);
  });

  test('is about the first objective, and notes what changes', () => {
    let now = 0;
    const course = new CourseRecorder(0, () => (now += 100));
    course.add({ objective: null, bound: null });
    course.add({ objective: 3, bound: 1 });
    course.add({ objective: 3, bound: 1 });
    course.add({ stage: 1, objective: 70, bound: 20 });
    expect(course.end(1000, { objective: 3, bound: 2 }).map(({ objective, bound }) => [objective, bound])).toEqual([
      [3, 1],
      [3, 2],
    ]);
  });

  const slot = { name: 'host/1/0', from: 1000, to: 4000 };
  const points = [
    { seconds: 0, objective: 2, bound: null },
    { seconds: 3, objective: 1, bound: 1 },
  ];

  test('is found by the place and time of the solve; a short solve has none', async () => {
    const store = new MemoryStore();
    await putCourse(store, slot, points);
    expect(await getCourse(store, slot)).toEqual(points);
    expect(await getCourse(store, { ...slot, from: 1001 })).toBeUndefined();
    await putCourse(store, { ...slot, to: 1500 }, points);
    expect(await getCourse(store, { ...slot, to: 1500 })).toBeUndefined();
  });

  test('is lost, and nothing else, if the store fails', async () => {
    const failing = { url: 'memory:', write: () => Promise.reject(new Error('full')) } as unknown as ObjectStore;
    await expect(putCourse(failing, slot, points)).resolves.toBeUndefined();
  });
});
