"""What a broker's node is asked to evaluate, in Erlang."""

from __future__ import annotations

# One line "name count" per queue. What rabbitmqctl shows for a quorum queue is up to five seconds old, so its leader
# is asked; a classic queue counts live. Unacknowledged messages are included.
QUEUES = """
Count = fun(Queue) ->
    try
        case amqqueue:get_type(Queue) of
            rabbit_quorum_queue ->
                Leader = amqqueue:get_pid(Queue),
                {ok, {_, Total}, _} = ra:leader_query(Leader, fun rabbit_fifo:query_messages_total/1),
                Total;
            _ ->
                [{messages, Total}] = rabbit_amqqueue:info(Queue, [messages]),
                Total
        end
    catch _:_ -> proplists:get_value(messages, rabbit_amqqueue:info(Queue, [messages]), 0)
    end
end,
iolist_to_binary(lists:join(10, [
    [element(4, amqqueue:get_name(Queue)), 32, integer_to_list(Count(Queue))]
    || Queue <- rabbit_amqqueue:list(<<"%s">>)
])).
"""

# RabbitMQ 3.10 elects leaders of quorum queues while it boots, a few of them before the supervisor of dead-lettering
# (rabbit_fifo_dlx_sup) is there. Such a queue's process ends (noproc), is given up after a few tries, and everybody who
# consumes or publishes there gets 541 until somebody starts it. So it is started once the boot is over. The answer
# is the number of queues that have no leader yet.
MEND = """
Names = [element(1, amqqueue:get_pid(Queue)) || Queue <- rabbit_amqqueue:list(),
         amqqueue:get_type(Queue) =:= rabbit_quorum_queue],
Down = [Name || Name <- Names, whereis(Name) =:= undefined],
[catch ra:restart_server(quorum_queues, {Name, node()}) || Name <- Down],
Leaderless = [Name || Name <- Names, ra_leaderboard:lookup_leader(Name) =:= undefined],
integer_to_binary(length(lists:usort(Down ++ Leaderless))).
"""

# All applications of the node are stopped in order, which writes down what there is; Erlang's own way out (init:stop, which
# SIGTERM takes) idles for a second after that.
LEAVE = """
case rabbit:is_running() of
    true -> spawn(fun() -> rabbit:stop(), erlang:halt(0, [{flush, false}]) end), <<"leaving">>;
    _ -> <<"booting">>
end.
"""
