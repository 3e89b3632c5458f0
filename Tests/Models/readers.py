#!/usr/bin/env python3
"""Exhaustive model of readers and rollbacks beside publishers and a collector, as index-publish and index-search do them.

Two publishers that follow whatever is current, a rollback to any generation whose manifest is still there, a collector with a
stale view that keeps K generations, and a reader: CURRENT, the manifest, the segments one by one; where something is
missing it reads CURRENT again, and it is an error only where that has not moved on. Every interleaving of their steps, with
kills. In each state: every file that CURRENT and the K generations before it name exists, generations follow each other, and no
reader has met an error; and a reader that ends has read one whole generation, not older than the one it read before.

    readers.py       the protocol, then each mutation, which must be refuted. Exit 1 otherwise
Only the Python standard library is used.
"""
import sys
from collections import deque

# state = (past, manifests, segments, publishers, roll, collector, reader, budget)
#   past       ((names of the segments), ...): what each committed generation names; the last one is current
#   manifests  {generation}: whose manifest is there
#   segments   {(content, number)}: the files that are there
#   publisher  (pc, generation read, names, names to send), content; roll the same, and the names that are copied
#   collector  (generation of its view, victims) or ()
#   reader     (pc, generation, names left, generation read before that had lost a file, last generation read)
#   budget     (publishes, rollbacks, collections, reads, kills)
NOBODY = ()
READER = (0, 0, (), 0, 0)
BROKEN = "broken"


def named(past, generation): return past[generation - 1] if generation else ()


def plan(contents, current, number, mutation):
    """Names that the current generation has are kept, others numbered for the swap (Upload.plan)."""
    known = dict(current)
    return tuple((c, known[c] if c in known else made if mutation == "old-names" and made is not None else number)
                 for c, made in contents)


def publisher(state, who, mutation):
    past, manifests, segments, publishers, roll, collector, reader, budget = state
    me, now, out = publishers[who], len(past), []

    def to(new, past=past, manifests=manifests, segments=segments, budget=budget):
        out.append((past, manifests, segments, publishers[:who] + (new,) + publishers[who + 1:], roll, collector, reader, budget))

    if not me:
        if budget[0]:
            # It carries the newest segment of the current generation over, and brings one of its own.
            carried = named(past, now)[-1:]
            names = plan(carried + ((10 * (who + 1) + budget[0], None),), named(past, now), now, mutation)
            to((now, names, names), budget=(budget[0] - 1,) + budget[1:])
        return out
    generation, names, left = me
    commit(me, past, manifests, segments, to)
    if budget[4]:
        to(NOBODY, budget=budget[:4] + (budget[4] - 1,))
    return out


def commit(me, past, manifests, segments, to):
    """Sends what is missing, file by file, then swaps from exactly what was read."""
    generation, names, left = me
    if left:
        # What the current generation names is there, and not sent.
        known = named(past, generation)
        to((generation, names, left[1:]), segments=segments if left[0] in known else segments | {left[0]})
    elif len(past) == generation:
        to(NOBODY, past=past + (names,), manifests=manifests | {generation + 1})
    else:
        to(NOBODY)


def rollback(state, mutation):
    past, manifests, segments, publishers, roll, collector, reader, budget = state
    now, out = len(past), []

    def to(new, past=past, manifests=manifests, segments=segments, budget=budget):
        out.append((past, manifests, segments, publishers, new, collector, reader, budget))

    if not roll:
        for older in manifests:
            if budget[1] and older < now:
                names = plan(named(past, older), named(past, now), now, mutation)
                to((now, names, tuple(zip(named(past, older), names))), budget=(budget[0], budget[1] - 1) + budget[2:])
        return out
    generation, names, left = roll
    if left and mutation != "old-names" and left[0][0] not in segments and left[0][1] not in segments:
        to(NOBODY)  # It was collected meanwhile: an error, and nothing changed.
    elif left:
        add = mutation != "old-names" and left[0][1] not in named(past, generation)
        to((generation, names, left[1:]), segments=segments | {left[0][1]} if add else segments)
    else:
        commit((generation, names, ()), past, manifests, segments, to)
    return out


def collect(state, keep, mutation):
    past, manifests, segments, publishers, roll, collector, reader, budget = state
    now = len(past)

    def to(new, manifests=manifests, segments=segments, budget=budget):
        return [(past, manifests, segments, publishers, roll, new, reader, budget)]

    if not collector:
        return to((now, None), budget=budget[:2] + (budget[2] - 1,) + budget[3:]) if budget[2] and now else []
    view, victims = collector
    if victims is None:
        kept = [g for g in range(max(1, view - keep), view + 1) if g in manifests]
        needed = {name for g in kept for name in named(past, g)}
        fence = view if mutation != "no-fence" else 99
        victims = tuple(sorted(s for s in segments if s not in needed and s[1] < fence))
        return to((view, victims + tuple(g for g in sorted(manifests) if g not in kept and g < view)))
    if not victims:
        return to(NOBODY)
    if isinstance(victims[0], tuple):
        return to((view, victims[1:]), segments=segments - {victims[0]})
    return to((view, victims[1:]), manifests=manifests - {victims[0]})


def read(state, mutation):
    past, manifests, segments, publishers, roll, collector, reader, budget = state
    pc, generation, left, lost, last = reader
    now = len(past)

    def to(new, budget=budget):
        return [(past, manifests, segments, publishers, roll, collector, new, budget)]

    def missing():
        if mutation == "no-second-look":
            return to((BROKEN, 0, (), 0, 0))
        return to((1, 0, (), generation, last))

    if pc == 0:
        return to((1, 0, (), 0, last), budget=budget[:3] + (budget[3] - 1, budget[4])) if budget[3] and now else []
    if pc == 1:  # CURRENT. One that has not moved on since a file was missing is the error.
        return to((BROKEN, 0, (), 0, 0) if lost == now else (2, now, (), 0, last))
    if pc == 2:
        return to((3, generation, named(past, generation), 0, last)) if generation in manifests else missing()
    if pc == 3 and left:
        return to((3, generation, left[1:], 0, last)) if left[0] in segments else missing()
    if pc == 3:
        return to((0, 0, (), 0, generation) if generation >= last else (BROKEN, 0, (), 0, 0))
    return []


def wrong(state, keep):
    past, manifests, segments = state[:3]
    for generation in range(max(1, len(past) - keep), len(past) + 1):
        if generation not in manifests or any(name not in segments for name in named(past, generation)):
            return f"TORN: generation {generation} of {len(past)} has lost a file"
    return "READER: an error, or an older generation" if state[6][0] == BROKEN else None


def explore(budget, keep, mutation=None, limit=2_000_000):
    first = ((), frozenset(), frozenset(), (NOBODY, NOBODY), NOBODY, NOBODY, READER, budget)
    seen, queue = {first}, deque([first])
    while queue:
        state = queue.popleft()
        following = publisher(state, 0, mutation) + publisher(state, 1, mutation)
        following += rollback(state, mutation) + collect(state, keep, mutation) + read(state, mutation)
        for new in following:
            if new in seen:
                continue
            problem = wrong(new, keep)
            if problem:
                return problem, len(seen)
            seen.add(new)
            queue.append(new)
        if len(seen) > limit:
            return "too many states", len(seen)
    return None, len(seen)


# Publishes, rollbacks, collections, reads, kills; generations kept.
BUDGETS = [((3, 1, 1, 1, 0), 0), ((3, 1, 1, 0, 1), 0), ((2, 1, 2, 1, 0), 0), ((3, 1, 1, 1, 0), 1), ((2, 2, 1, 1, 0), 0)]
MUTATIONS = {"no-fence": BUDGETS[0], "old-names": BUDGETS[0], "no-second-look": BUDGETS[0]}

if __name__ == "__main__":
    bad = 0
    for budget, keep in BUDGETS:
        problem, count = explore(budget, keep)
        bad += problem is not None
        print(f"{budget}, {keep} kept: {problem or 'holds'}, {count} states", flush=True)
    for mutation, (budget, keep) in MUTATIONS.items():
        problem, count = explore(budget, keep, mutation)
        bad += problem is None
        print(f"{mutation}: {'refuted: ' + problem if problem else 'NOT REFUTED'}, {count} states", flush=True)
    sys.exit(1 if bad else 0)
