from nets.display.text_table import aligned, ends


def test_cells_stand_below_each_other():
    assert aligned([["a", "bb", "c"], ["aaa", "b", "1.5"]], left=2) == [
        "a    bb    c",
        "aaa  b   1.5",
    ]


def test_few_things_are_all_shown_and_of_many_both_ends():
    assert ends([1, 2, 3], 3) == ([1, 2, 3], 0, [])
    assert ends([1, 2, 3, 4], 3) == ([1, 2], 1, [4])
