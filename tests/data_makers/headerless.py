"""Tables without a header, in forty shapes."""

_ROWS = {
    "numbers and words": ["1,Anna,2.5", "2,Bert,3.25", "3,Anna,1.5", "4,Carl,2.75"],
    "a date": ["2024-01-05,x", "2024-01-06,y", "2024-01-07,x"],
    "dates with points": ["05.01.2024,x", "06.01.2024,z", "13.01.2024,y"],
    "a timestamp": ["2024-01-05 10:00:00,x", "2024-01-06 11:00:00,z", "2024-01-07 12:00:00,y"],
    "decimal commas": ["1,5;a", "2,25;b", "3,75;c"],
    "thousands": ["1.234,50;a", "2.345,25;b", "300,75;c"],
    "words that recur": ["red,big", "blue,small", "red,small", "blue,big", "green,big"],
    "codes of one shape": ["AB-12,one", "CD-34,two", "EF-56,three", "GH-78,four"],
    "floats": ["1.5,2.25", "3.5,4.75", "5.25,6.5"],
    "whole numbers": ["1,5,9", "2,6,8", "3,7,7"],
    "one column of numbers": ["17", "4", "23", "99"],
    "one column of dates": ["2024-01-05", "2024-01-06", "2024-01-07"],
    "one column of words": ["red", "blue", "red", "green"],
    "negative numbers": ["-5,a", "-6,b", "7,c"],
    "words that are all different": ["Anna,Graz", "Bert,Lyon", "Carl,Oslo", "Dora,Porto"],
    "empty cells": ["1,,x", "2,5,", "3,6,z"],
    "null words": ["1,NA,x", "2,5,y", "3,6,z"],
    "the same value twice": ["a,a,b", "c,d,e", "f,g,h", "i,j,k"],
    "one row": ["1,2,3"],
    "years": ["2019,4", "2020,6", "2021,9"],
}
#: a name, rows, and what ends them
SHAPES = [(name, rows, end) for name, rows in _ROWS.items() for end in ("\n", "\r\n")]
