# int memcmp(const void *a, const void *b, size_t n), and bcmp, which may return the same.
#
# By words where both addresses are aligned, which the allocator sees to; the default compares
# bytes. In assembly, since the compiler may turn such a loop into a call of memcmp.

    .section .text.memcmp, "ax"
    .globl memcmp
    .globl bcmp
    .type memcmp, @function
    .type bcmp, @function
memcmp:
bcmp:
    or      t0, a0, a1
    andi    t0, t0, 3
    bnez    t0, 2f
    li      t0, 4
    bltu    a2, t0, 2f
1:
    lw      t1, 0(a0)
    lw      t2, 0(a1)
    # The bytes of words that differ tell which is greater.
    bne     t1, t2, 2f
    addi    a0, a0, 4
    addi    a1, a1, 4
    addi    a2, a2, -4
    bgeu    a2, t0, 1b
2:
    beqz    a2, 4f
    add     a2, a2, a0
3:
    lbu     t1, 0(a0)
    lbu     t2, 0(a1)
    bne     t1, t2, 5f
    addi    a0, a0, 1
    addi    a1, a1, 1
    bne     a0, a2, 3b
4:
    li      a0, 0
    ret
5:
    sub     a0, t1, t2
    ret
    .size memcmp, . - memcmp
    .size bcmp, . - bcmp
