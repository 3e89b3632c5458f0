#!/usr/bin/env python3
"""Exhaustive model of what index-publish adds to the commit protocol: bases published between batches, segments that
are carried over from a build that was never published, and files numbered ahead of the generation they were made on.

Two pipes, a publisher of bases and a collector with a stale view; every interleaving of their steps, with kills, lost
replies and requests that land after their sender died. In each state: every segment that the pointer names exists; on
each commit: no batch that was published is lost; the watermark is never ahead. From each state a clean pipe, run twice,
gets a batch of its own published.

    bases.py          the protocol, then each mutation, which must be refuted. Exit 1 otherwise
Only the Python standard library is used.
"""
import sys
from collections import deque

ROOM = 1  # how far ahead a base is numbered; Parent.room in the code

# state = (ptr, segs, wm, pipes, base, gc, flight, budget)
#   ptr    (generation, batch, commits, batches, base name, delta names)
#   segs   {(content, number)}: the files at the destination
#   wm     (generation, batches)
#   pipe   (pc, G, batches at G, carry, content, what was read, names to ensure, receipt); content doubles as commit id
#   budget (runs of pipes, runs of bases, collections, kills, losses) still allowed
IDLE, PTR, SEND, SWAP, ASK, ADVANCE = range(6)
NOBODY = (IDLE, 0, (), 0, 0, (), (), ())


def names(ptr):
    return ((ptr[4],) if ptr[4] else ()) + ptr[5]


def rename(contents, read, number, mutation):
    """Kept where the generation that was read names it, else numbered for the swap."""
    known = dict(names(read)) if mutation != "old-names" else {c: n for c, n in names(read)}
    out = []
    for content, made in contents:
        if content in known:
            out.append((content, known[content]))
        else:
            out.append((content, made if mutation == "old-names" else number))
    return tuple(out)


def commit(read, pipe, is_base):
    generation = read[0] + 1
    if is_base:
        return (generation, read[1], read[2] + (pipe[4],), read[3], pipe[6][0], read[5])
    return (generation, generation, read[2] + (pipe[4],), pipe[2] + (pipe[4],), read[4], pipe[6])


def steps(state, who, mutation, clean=False):
    """Of pipe 0 or 1, or of the base (2)."""
    ptr, segs, wm, pipes, gc, flight, budget = state
    runs, bases, collections, kills, losses = budget
    me = pipes[who]
    pc, G, batches, carry, content, read, todo, receipt = me
    is_base = who == 2
    out = []

    def to(new, ptr=ptr, segs=segs, wm=wm, flight=flight, budget=budget):
        out.append((ptr, segs, wm, pipes[:who] + (new,) + pipes[who + 1:], gc, flight, budget))

    done = NOBODY[:3] + ((content, G) if content and not is_base else carry,) + NOBODY[4:]
    if pc == IDLE:
        left = bases if is_base else runs
        if left or clean:
            fresh = 100 * (who + 1) + left
            spent = budget if clean else (runs - (not is_base), bases - is_base, collections, kills, losses)
            # The number at the head of the names of a base: -1 until it is known.
            to((PTR, -1 if is_base else wm[0], wm[1], carry, fresh, (), (), ()), budget=spent)
    elif pc == PTR:
        if is_base:
            number = G
            if number < 0 or (number < ptr[0] and mutation != "no-renumber"):
                number = ptr[0] + ROOM
            to((SEND, number, (), carry, content, ptr, ((content, number),), ()))
        elif ptr[0] < G:
            to(done)
        elif ptr[1] <= G or mutation == "any-parent":
            contents = ((carry,) if carry else ()) + ((content, G),)
            to((SEND, G, batches, carry, content, ptr, rename(contents, ptr, ptr[0], mutation), ()))
        else:
            to((ADVANCE, G, (), carry, content, (), (), (ptr[0], ptr[3])))
    elif pc == SEND:
        missing = [name for name in todo if name not in segs and name not in names(read)]
        if not missing:
            to((SWAP,) + me[1:])
        else:
            to(me, segs=segs | {missing[0]})
            if losses and not clean:
                to(done, flight=flight | {("seg", missing[0])}, budget=budget[:4] + (losses - 1,))
    elif pc == SWAP:
        new = commit(read, me, is_base)
        won = done if is_base else (ADVANCE, G, (), carry, content, (), (), (new[0], new[3]))
        ask = (ASK,) + me[1:]
        if ptr == read:
            to(won, ptr=new)
            if losses and not clean:
                to(ask, ptr=new, budget=budget[:4] + (losses - 1,))
        else:
            to(ask)
        if losses and not clean:
            to(ask, flight=flight | {("swap", read, new)}, budget=budget[:4] + (losses - 1,))
    elif pc == ASK:
        if content in ptr[2]:
            to(done if is_base else (ADVANCE, G, (), carry, content, (), (), (ptr[0], ptr[3])))
        elif ptr == read:
            to((SWAP,) + me[1:])
        else:
            to((PTR, G, batches, carry, content, (), (), ()))
    elif pc == ADVANCE:
        to(done, wm=receipt if receipt[0] > wm[0] else wm)
    if pc != IDLE and kills and not clean:
        to(done, budget=(runs, bases, collections, kills - 1, losses))
    return out


def collector(state, mutation):
    ptr, segs, wm, pipes, gc, flight, budget = state
    view, victims = gc
    if victims:
        return [(ptr, segs - {victims[0]}, wm, pipes, (view, victims[1:]), flight, budget)]
    if view is not None:
        victims = tuple(sorted(
            s for s in segs if s not in names(view) and (s[1] < view[0] or mutation == "no-fence")))
        return [(ptr, segs, wm, pipes, (None, victims), flight, budget)]
    if budget[2] and ptr[0]:
        return [(ptr, segs, wm, pipes, (ptr, ()), flight, budget[:2] + (budget[2] - 1,) + budget[3:])]
    return []


def landings(state):
    ptr, segs, wm, pipes, gc, flight, budget = state
    for request in flight:
        rest = flight - {request}
        if request[0] == "seg":
            yield (ptr, segs | {request[1]}, wm, pipes, gc, rest, budget)
        else:
            yield (request[2] if ptr == request[1] else ptr, segs, wm, pipes, gc, rest, budget)


def wrong(old, new):
    ptr, segs, wm = new[:3]
    if any(name not in segs for name in names(ptr)):
        return "TORN: the pointer names a missing segment"
    if ptr != old[0]:
        if ptr[0] != old[0][0] + 1:
            return "FORK: generations do not follow each other"
        if ptr[3][:len(old[0][3])] != old[0][3]:
            return "LOST BATCH: a published batch is gone"
    if wm[0] > ptr[0] or ptr[3][:len(wm[1])] != wm[1]:
        return "WATERMARK AHEAD"
    return None


def recovers(state, mutation):
    """Everybody is dead; one pipe runs alone. Its work directory may hold a carry of an unpublished build."""
    ptr, segs, wm, pipes, gc, flight, budget = state
    dead = tuple(NOBODY[:3] + (((p[4], p[1]) if p[4] and i < 2 else p[3]),) + NOBODY[4:] for i, p in enumerate(pipes))
    state = (ptr, segs, wm, dead, (None, ()), frozenset(), (0, 0, 0, 0, 0))
    for run in (997, 998):
        state = state[:3] + ((state[3][0],) + dead[1:],) + state[4:]
        for step in range(40):
            state = steps(state, 0, mutation, clean=True)[0]
            if step == 0:
                me = state[3][0]
                state = state[:3] + ((me[:4] + (run,) + me[5:],) + dead[1:],) + state[4:]
            if state[3][0][0] == IDLE:
                break
        else:
            return "STUCK"
    if wrong(state, state) or state[2][0] != state[0][0] or 998 not in state[0][2]:
        return "NOT RECOVERED after two clean runs"
    return None


def explore(budget, mutation=None, limit=3_000_000):
    first = ((0, 0, (), (), 0, ()), frozenset(), (0, ()), (NOBODY[:3] + (0,) + NOBODY[4:],) * 3, (None, ()),
             frozenset(), budget)
    seen, queue, recovered = {first}, deque([first]), set()
    while queue:
        state = queue.popleft()
        following = [s for who in range(3) for s in steps(state, who, mutation)]
        following += collector(state, mutation) + list(landings(state))
        for new in following:
            problem = wrong(state, new)
            key = (new[0], new[1], new[2], new[3])
            if not problem and key not in recovered:
                recovered.add(key)
                problem = recovers(new, mutation)
            if problem:
                return problem, len(seen)
            if new not in seen:
                seen.add(new)
                queue.append(new)
        if len(seen) > limit:
            return "too many states", len(seen)
    return None, len(seen)


# Runs of pipes, runs of bases, collections, kills, losses.
BUDGETS = [(3, 1, 1, 0, 0), (2, 1, 1, 1, 0), (2, 1, 0, 0, 1), (2, 2, 1, 0, 0), (3, 0, 1, 1, 0), (2, 1, 1, 0, 1)]
MUTATIONS = {"old-names": BUDGETS[0], "no-renumber": (3, 1, 1, 0, 0), "any-parent": BUDGETS[0], "no-fence": BUDGETS[0]}

if __name__ == "__main__":
    bad = 0
    for budget in BUDGETS:
        problem, count = explore(budget)
        bad += problem is not None
        print(f"{budget}: {problem or 'holds'}, {count} states", flush=True)
    for mutation, budget in MUTATIONS.items():
        problem, count = explore(budget, mutation)
        bad += problem is None
        print(f"{mutation}: {'refuted: ' + problem if problem else 'NOT REFUTED'}, {count} states", flush=True)
    sys.exit(1 if bad else 0)
