"""A process that posts and receives as fast as it can, and says so only when the store has it. To be killed."""

import sys

from tests.doors.node.stores import opener_of, received, to_post


def main() -> None:
    store = opener_of(sys.argv[1])()
    state = store.state("south", "sender")
    sequence = int(state or b"0")
    while True:
        sequence += 1

        def work(writing, sequence=sequence):
            writing.keep_state("south", "sender", b"%d" % sequence)
            writing.post([to_post(sequence), to_post(sequence, link="east")])
            writing.receive(received(sequence))
            writing.add_leaves("released", [b"%d" % sequence])

        store.write(work)
        sys.stdout.write(f"{sequence}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
